/**
 * The formulas of Dreibholz and Rathgeb, "Overview and Evaluation of the Server Redundancy and Session Failover
 * Mechanisms in the Reliable Server Pooling Framework" (the paper): sections 3 and 5.2.2. Work is in calculations,
 * capacity in calculations per second, time in seconds, ratios as fractions.
 */

/** Section 3: how fast a user's request was handled, from its generation to its completion, calculations per second. */
export const handlingSpeed = (requestSize: number, handlingTime: number): number => requestSize / handlingTime;

/** Section 3: the utilisation that requests of this size and interval ask of the elements, without failures. */
export const systemUtilisation = (load: {
  /** Users per element. */
  readonly ratio: number;
  readonly requestSize: number;
  readonly requestInterval: number;
  readonly capacity: number;
}): number => (load.ratio * load.requestSize) / load.requestInterval / load.capacity;

/** Section 5.2.2: calculations lost per failure on average, when cookies are so many calculations apart. */
export const averageLoss = (cookieInterval: number): number => cookieInterval / 2;

/** Section 5.2.2: the fraction of an element's work between two failures that is not lost. */
export function goodput({ mtbf, capacity, cookieInterval }: Failing & { readonly cookieInterval: number }): number {
  const work = mtbf * capacity;
  return (work - averageLoss(cookieInterval)) / work;
}

/** Equation (1): the cookie interval, in calculations, at which this fraction of the work is not lost. */
export const cookieIntervalFor = ({ mtbf, capacity, goodput: ratio }: Failing & { readonly goodput: number }): number =>
  -2 * mtbf * capacity * (ratio - 1);

/** Figure 14: cookies per request for a goodput ratio; MTBF and interval in request times, so a request is 1. */
export const cookiesPerRequest = ({ mtbf, goodput: ratio }: { mtbf: number; goodput: number }): number =>
  1 / cookieIntervalFor({ mtbf, capacity: 1, goodput: ratio });

interface Failing {
  /** Mean time between failures of an element. */
  readonly mtbf: number;
  readonly capacity: number;
}
