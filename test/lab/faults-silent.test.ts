/** Elements that just fall silent. */
import { median } from 'simple-statistics';
import { describe, expect } from 'vitest';
import { labTest } from './available.js';
import { runShort } from './element-faults.js';

describe('silence is only found out by the session keep-alive', () => {
  // The keep-alive timeout is 1 s: nobody gives up sooner, unless a keep-alive was on its way when the fault struck; its
  // round trip takes up to 0.23 s where small messages wait for acknowledgements. An interval of 1 s may come before the
  // timeout; half a second more is RSPLIB's poll loop.
  const [earliest, latest] = [0.75, 2.6];

  labTest.each(['power-off', 'freeze'])('%s', async (fault) => {
    const { failovers } = await runShort(`experiments/element-${fault}.ts`);
    const running = failovers.filter(({ phase }) => phase === 'running').flatMap(({ detection }) => detection ?? []);
    expect(Math.min(...running)).toBeGreaterThan(earliest);
    expect(median(running)).toBeLessThan(latest);
  });
});
