/** What a run is told, and what all runs have in common. */
import type { Damage } from './damage.js';

export type Strategy = 'full' | 'splitting' | 'derivation';

export interface AudioOptions {
  /**
   * `full`: every cookie has all of the state; `splitting`: later ones only what changed; `derivation`: the listener
   * takes the position from the stream, and no cookie tells it again.
   */
  readonly strategy: Strategy;
  /** Seconds of audio between cookies. */
  readonly cookieInterval: number;
  /** Mean time between failures of an element, seconds. */
  readonly mtbf: number;
  readonly credentialsBytes: number;
  /** What becomes of echoes on their way. @defaultValue nothing */
  readonly damage?: Damage;
  readonly seconds: number;
  readonly seed: number;
}

/** Seconds of an average title; lengths are exponential. */
export const meanTitle = 240;
export const elements = 4;
export const listeners = 8;
/** One way, seconds; the paper's (section 4). */
export const networkDelay = 0.01;
/** Of the frames, which travel by UDP; cookies are sent again. */
export const frameLoss = 0.01;
/** Interval and time-out, seconds; the paper's. */
export const keepAlive = { interval: 1, timeout: 1 };
