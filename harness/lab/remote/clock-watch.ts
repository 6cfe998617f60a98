/** Other machines' clocks, held against ours for a while. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { temporaryFolder } from '../../base/temporary.js';
import { type ClockEstimate, type ClockReading, estimateClock } from './clocks.js';
import { Connection } from './connection.js';

export interface WatchedClock extends Omit<ClockEstimate, 'at'>, ClockReading {
  readonly ssh: string;
}

interface Session {
  readonly session: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Exchanges one question and answer a second with each.
 * @throws HarnessError `lab-broken` when one cannot be reached
 */
export async function watchClocks(
  destinations: readonly string[],
  config: string | undefined,
  seconds: number,
  { session, clock, signal }: Session,
): Promise<WatchedClock[]> {
  const folder = mkdtempSync(join(temporaryFolder(), `rsplab-${session}-`));
  try {
    return await Promise.all(
      destinations.map(async (destination, at) => {
        const target = { destination, config, socket: join(folder, String(at)) };
        await using connection = await Connection.open(
          target,
          { label: session, deadlineSeconds: seconds + 60 },
          clock,
        );
        await clock.sleepUntil(clock.now() + seconds, signal);
        // Every answer is an exchange: by now there is one at least.
        await connection.must(['true']);
        return { ssh: destination, ...readingOf(estimateClock(connection.exchanges)!, clock.now()) };
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is known of a clock at a time of ours. */
export const readingOf = ({ at, ...rest }: ClockEstimate, time: number): Omit<WatchedClock, 'ssh'> => ({
  ...rest,
  ...at(time),
});
