/** What a calibration leaves in its folder for the numbers to be made of, beside the capture. */
import type { Injection } from './injection.js';
import type { Train } from './probe.js';
import type { LoadName } from './timers.js';

export const recordingFile = 'recording.json';

export interface Recording {
  readonly kernel: string;
  /** By the key of the trial. */
  readonly trains: Readonly<Record<string, Train>>;
  readonly cuts: readonly Injection[];
  readonly kills: readonly Injection[];
  readonly clockSteps: readonly number[];
  readonly late: Readonly<Partial<Record<LoadName, readonly number[]>>>;
  /** Frames that the capture says it missed. */
  readonly missed: number;
  readonly troubles: readonly string[];
}

/** Told as each step begins, on the console of a lab kernel as a line of JSON. */
export interface Step {
  readonly step: string;
  /** What the lab is busy with; null while that does not count. */
  readonly load: LoadName | null;
  /** About how long all that follows takes, itself included. */
  readonly secondsLeft: number;
}

/** Undefined for anything that is no step. */
export function parseStep(line: string): Step | undefined {
  if (!line.startsWith('{"step":')) return undefined;
  try {
    return JSON.parse(line) as Step;
  } catch {
    return undefined;
  }
}
