import { randomFrom } from '../base/random.js';
import { type Distribution, draw } from './distribution.js';

/**
 * When requests arrive, in seconds after their user started: by the clock alone, whatever becomes of those before. The
 * same plan gives the same arrivals, whoever makes the requests.
 * @param life of the user, counted from 1
 */
export function* arrivalsOf(
  seed: number,
  user: string,
  life: number,
  interval: Distribution,
): Generator<number, never> {
  const random = randomFrom(seed, 'requests', user, life).fork('intervals');
  for (let at = draw(interval, random); ; at += draw(interval, random)) yield at;
}
