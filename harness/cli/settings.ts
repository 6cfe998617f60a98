/** Reads what people type after `--set` and `--seed`. */
import { availableParallelism } from 'node:os';
import { badInput } from '../base/errors.js';
import { parseDuration } from '../base/units.js';
import type { PointValue } from '../experiment/experiment.js';
import type { LoadedExperiment } from '../experiment/load.js';
import type { PhaseLengths } from '../experiment/plan.js';

const phaseNames = ['settle', 'warmUp', 'measure', 'drain'] as const;

export interface Settings {
  /** Values for what the experiment varies, in the order they were typed. */
  readonly values: Readonly<Record<string, readonly PointValue[]>>;
  readonly phases: Partial<PhaseLengths>;
}

/** For commander: an option that may be repeated. */
export const collect = (value: string, previous: string[]): string[] => [...previous, value];

/**
 * Reads each `name=value` by what the name stands for. Of a name that is repeated, the last counts; `lists` lets a
 * varied name have several values with commas between.
 * @throws HarnessError `bad-input`
 */
export function readSettings(
  { experiment }: LoadedExperiment,
  set: readonly string[],
  { lists }: { lists: boolean },
): Settings {
  const values: Record<string, PointValue[]> = {};
  const phases: Partial<PhaseLengths> = {};
  const vary = experiment.vary ?? {};
  for (const entry of set) {
    const at = entry.indexOf('=');
    if (at < 1) throw badInput(`--set: expected name=value, got '${entry}'`);
    const [name, text] = [entry.slice(0, at), entry.slice(at + 1)];
    const phase = phaseNames.find((each) => each === name);
    if (Object.hasOwn(vary, name)) {
      const texts = lists ? text.split(',') : [text];
      values[name] = [...new Set(texts.map((each) => pointValue(name, each, vary[name]![0]!)))];
    } else if (phase) phases[phase] = durationFrom(name, text);
    else {
      const known = [...Object.keys(vary), ...phaseNames].join(', ');
      throw badInput(`--set: expected one of ${known}, got '${name}'`);
    }
  }
  return { values, phases };
}

export function seedFrom(text: string): number {
  const seed = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(seed))
    throw badInput(`--seed: expected a whole number, got '${text}'`);
  return seed;
}

/** A whole number of at least 1. */
export function countFrom(option: string, text: string): number {
  const count = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(count) || count < 1)
    throw badInput(`${option}: expected a whole number of at least 1, got '${text}'`);
  return count;
}

function pointValue(name: string, text: string, like: PointValue): PointValue {
  if (text.trim() === '') throw badInput(`--set ${name}: expected a ${typeof like} such as ${like}, got '${text}'`);
  if (typeof like === 'string') return text;
  if (typeof like === 'boolean') {
    if (text !== 'true' && text !== 'false') throw badInput(`--set ${name}: expected true or false, got '${text}'`);
    return text === 'true';
  }
  const value = parseDuration(text) ?? Number(text);
  if (Number.isNaN(value)) throw badInput(`--set ${name}: expected a number such as ${like}, got '${text}'`);
  return value;
}

function durationFrom(name: string, text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw badInput(`--set ${name}: expected a duration such as 500ms, 30s or 2min, got '${text}'`);
  return duration;
}

/** Of `--jobs`. @defaultValue one per core */
export const jobsFrom = (text: string | undefined): number =>
  text === undefined ? availableParallelism() : countFrom('--jobs', text);
