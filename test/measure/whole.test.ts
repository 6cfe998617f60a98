import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../harness/measure/measure.js';
import { measure } from '../../harness/measure/measure.js';
import { damagedInput } from './damaged.js';
import { fixture, inputOf } from './recordings.js';

/** What was measured in these captures before holes were looked for. */
const golden = async (name: string): Promise<Measurement> =>
  JSON.parse(await readFile(fixture(`measured/${name}.json`), 'utf8'));

/** Without what is said of holes: that there are none. */
function comparable({ requests, failovers, ...rest }: Measurement) {
  const certain = <Row extends { uncertain?: string | null | undefined }>({ uncertain, ...row }: Row) => {
    expect(uncertain ?? null).toBeNull();
    return row;
  };
  const { holes, ...told } = rest;
  expect(holes).toBeNull();
  return JSON.parse(JSON.stringify({ ...told, requests: requests.map(certain), failovers: failovers.map(certain) }));
}

describe('a whole capture', () => {
  it.each([
    ...['cut-path', 'freeze', 'kill', 'loss', 'new-address', 'power-off-sender', 'quiet', 'shutdown', 'two-elements'],
  ])('is measured as ever: %s', async (name) => {
    const measured = await measure(await inputOf(name));
    expect(comparable(measured)).toEqual(await golden(name));
  });

  it('is measured as ever where a log has no time stamps, which is no reason to doubt it', async () => {
    const measured = await measure(await damagedInput('powerOff-1000'));
    expect(measured.notes).toEqual([]);
    const { failovers, wire } = comparable(measured);
    const before = await golden('powerOff-1000');
    expect({ failovers, wire }).toEqual({ failovers: before.failovers, wire: before.wire });
  });
});
