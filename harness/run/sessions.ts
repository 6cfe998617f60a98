import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { DeployedPool } from '../pool/pool.js';
import type { Journal } from './journal.js';

/** Seconds between two counts. */
const period = 1;

/**
 * Journals how many sessions each pool element has, whenever that has changed.
 * @returns how to stop; stops by itself with the signal
 */
export function countSessions(pool: DeployedPool, journal: Journal, clock: Clock, signal: AbortSignal): () => void {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const count = async () => {
    for (let known = ''; !until.aborted; await clock.sleepUntil(clock.now() + period, until)) {
      const elements = await pool.sessions();
      if (JSON.stringify(elements) !== known && !until.aborted) journal.record({ event: 'sessions', elements });
      known = JSON.stringify(elements);
    }
  };
  // Nothing depends on it, so a failure is a note; that the run ended is none.
  count().catch((error) => {
    if (!until.aborted)
      journal.record({ event: 'note', text: `sessions are not counted any more: ${messageOf(error)}` });
  });
  return () => stop.abort();
}
