import { commandLine } from '../base/shell.js';
import { isPlanFile } from '../experiment/load-plan.js';
import { type Plan, usualInstructionTime as usual } from '../experiment/plan.js';
import { type Programs, programWords } from '../pool/build/programs.js';

/**
 * The command that runs the same plan again, as a person types it.
 * @param words what chooses the subject beside its name
 */
export function replayCommand(plan: Plan, on: string, programs: Programs = {}, words: readonly string[] = []): string {
  const { file, experiment, seed, point, phases, nanosecondsPerInstruction: slow } = plan;
  const { settle, warmUp, measure, drain } = phases;
  // A stored plan has made its choices.
  const settings = isPlanFile(file ?? '') ? {} : { ...point, settle, warmUp, measure, drain };
  return commandLine([
    ...['rsplab', 'run', file ?? `experiments/${experiment}.ts`, '--on', on, ...words, '--seed', String(seed)],
    ...(on === 'virtual' && slow !== usual && !isPlanFile(file ?? '') ? ['--ns-per-instruction', String(slow)] : []),
    ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...programWords('--with', programs),
  ]);
}
