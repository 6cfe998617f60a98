import { realClock } from '../base/clock.js';
import { interrupted } from '../base/errors.js';
import { exitCodes } from './exit.js';

/**
 * The first Ctrl-C (or its like) asks what runs to end in good order; a later one ends us, and the watchdog cleans up.
 * @param what for people, e.g. `run`
 */
export function untilSignal(what: string): AbortSignal {
  const controller = new AbortController();
  let asked = Number.POSITIVE_INFINITY;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (realClock.now() - asked > echoSeconds) process.exit(exitCodes.unknown);
      asked = Math.min(asked, realClock.now());
      controller.abort(interrupted(`The ${what} was ended by ${name}`));
    });
  }
  return controller.signal;
}

/** npm passes on a Ctrl-C that the terminal has delivered already; that is not a second one. */
const echoSeconds = 1;
