import { randomFrom } from '../base/random.js';
import { type Distribution, draw } from './distribution.js';

/**
 * When requests arrive, in seconds after their user started: by the clock alone, whatever becomes of those before. The
 * same plan gives the same arrivals, whoever makes the requests.
 * @param life of the user, counted from 1
 * @param rampUp seconds in which the rate grows from nothing to all of it
 */
export function* arrivalsOf(
  seed: number,
  user: string,
  life: number,
  interval: Distribution,
  rampUp = 0,
): Generator<number, never> {
  const random = randomFrom(seed, 'requests', user, life).fork('intervals');
  for (let at = draw(interval, random); ; at += draw(interval, random)) yield ramped(at, rampUp);
}

/** The rate grows evenly: within the ramp half as many come as without. */
const ramped = (at: number, rampUp: number): number => (at < rampUp / 2 ? Math.sqrt(2 * rampUp * at) : at + rampUp / 2);
