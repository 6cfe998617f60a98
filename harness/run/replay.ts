import { commandLine } from '../base/shell.js';
import { isPlanFile } from '../experiment/load-plan.js';
import type { Plan } from '../experiment/plan.js';

/** The command that runs the same plan again, as a person types it. */
export function replayCommand({ file, experiment, seed, point, phases }: Plan, on: string): string {
  const { settle, warmUp, measure, drain } = phases;
  // A stored plan has made its choices.
  const settings = isPlanFile(file ?? '') ? {} : { ...point, settle, warmUp, measure, drain };
  return commandLine([
    ...['rsplab', 'run', file ?? `experiments/${experiment}.ts`, '--on', on, '--seed', String(seed)],
    ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ]);
}
