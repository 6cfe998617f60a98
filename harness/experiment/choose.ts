import { badInput } from '../base/errors.js';
import type { PointValue } from './experiment.js';

/**
 * What goes with the chosen value of something varied, e.g. the settings of a variant.
 * @throws HarnessError `bad-input` for a value with which nothing goes
 */
export function choose<T>(name: string, value: PointValue, choices: Readonly<Record<string, T>>): T {
  const choice = Object.hasOwn(choices, String(value)) ? choices[String(value)] : undefined;
  if (choice === undefined) {
    throw badInput(`${name}: expected one of ${Object.keys(choices).join(', ')}, got '${value}'`);
  }
  return choice;
}
