/** What the paper's Equation (1) and Figure 14 say of audio: work is seconds of it, one of which takes a second. */
import { averageLoss, cookieIntervalFor, cookiesPerRequest } from '../sim/formulas.js';
import { meanTitle } from './scenario.js';

export interface Expected {
  /** Seconds of audio between cookies. */
  readonly cookieInterval: number;
  /** Seconds heard twice after a failure. */
  readonly heardTwice: number;
  readonly cookiesPerTitle: number;
}

/** @param mtbf mean time between failures of an element, in average titles */
export function expectedOf({ mtbf, goodput }: { readonly mtbf: number; readonly goodput: number }): Expected {
  const cookieInterval = cookieIntervalFor({ mtbf: mtbf * meanTitle, capacity: 1, goodput });
  return {
    cookieInterval,
    heardTwice: averageLoss(cookieInterval),
    cookiesPerTitle: cookiesPerRequest({ mtbf, goodput }),
  };
}
