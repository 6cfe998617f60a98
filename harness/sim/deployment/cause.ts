import type { Cause } from '../recorder.js';
import type { Entry } from './handlespace.js';
import type { Node } from './network.js';

/** The fault behind a failed attempt: on the element if it struck since, or still lasts, else on the user's host. */
export function causeOf({ node, process }: Entry, beganAt: number, own: Node): Cause {
  for (const at of [node, own]) {
    const stale = at === node && process !== node.process;
    // Its host may have been struck again before anybody noticed.
    const strike = (stale ? process.endedBy : null) ?? at.strike;
    if (strike && (stale || strike.healedAt === null || strike.healedAt >= beganAt)) {
      return { strike, faultAt: Math.max(strike.injectedAt, beganAt) };
    }
  }
  return { strike: null, faultAt: null };
}
