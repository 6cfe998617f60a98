import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput, interrupted } from '../base/errors.js';
import { parseDuration } from '../base/units.js';
import type { PointValue } from '../experiment/experiment.js';
import { type LoadedExperiment, loadExperiment } from '../experiment/load.js';
import { type PhaseLengths, type Plan, resolvePlan } from '../experiment/plan.js';
import { run } from '../run/run.js';
import { exitCodes } from './exit.js';
import { Progress } from './progress.js';
import { chooseSubject } from './subjects.js';
import { runTable } from './table.js';

interface RunFlags {
  on?: string;
  seed: string;
  set: string[];
  out: string;
  json?: boolean;
}

export const runCommand = (): Command =>
  new Command('run')
    .description('Run an experiment once: on a lab with real components, or in the simulator.')
    .argument('<file>', 'the experiment, e.g. experiments/element-power-off.ts')
    .option('--on <subject>', 'netns, uml or sim (default: the best lab that works here)')
    .option('--seed <number>', 'what all chance of the run grows from', '1')
    .option(
      '--set <name=value>',
      'choose what the experiment varies, or a phase’s length; may be repeated',
      collect,
      [],
    )
    .option('--out <folder>', 'where results go', 'results')
    .option('--json', 'print summary.json instead of a table')
    .addHelpText(
      'after',
      `
Examples:
  rsplab run experiments/element-power-off.ts
  rsplab run experiments/element-power-off.ts --on sim --seed 7
  rsplab run experiments/element-kill.ts --set keepAlive=3 --set measure=2min --json

Exit codes: 0 all checks pass, 1 a check fails, 2 bad input, 3 unknown because the lab broke.`,
    )
    .action(async (file: string, flags: RunFlags) => {
      const loaded = await loadExperiment(file);
      const plan = planFor(loaded, flags);
      const subject = await chooseSubject(flags.on);
      const progress = new Progress(plan, subject.name, process.stderr);
      const finished = await run(plan, subject, {
        out: flags.out,
        clock: realClock,
        signal: untilSignal(),
        onBegin: (folder) => progress.begin(folder),
        onEvent: (event) => progress.event(event),
      });
      progress.end();
      const text = flags.json ? `${JSON.stringify(finished.summary, null, 2)}\n` : runTable(plan, finished);
      process.stdout.write(text);
      process.exitCode = exitCodes[finished.summary.verdict];
    });

const collect = (value: string, previous: string[]): string[] => [...previous, value];

/** Makes the plan that the flags ask for. */
export function planFor(loaded: LoadedExperiment, { seed, set }: Pick<RunFlags, 'seed' | 'set'>): Plan {
  const { experiment, file, question, expectation } = loaded;
  const { point, phases } = settings(loaded, set);
  return resolvePlan(experiment, { seed: seedFrom(seed), point, phases, file, question, expectation });
}

export function seedFrom(text: string): number {
  const seed = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(seed))
    throw badInput(`--seed: expected a whole number, got '${text}'`);
  return seed;
}

const phaseNames = ['settle', 'warmUp', 'measure', 'drain'] as const;

/** Reads each `name=value` by what the name stands for. */
function settings({ experiment }: LoadedExperiment, set: readonly string[]) {
  const point: Record<string, PointValue> = {};
  const phases: Partial<PhaseLengths> = {};
  const vary = experiment.vary ?? {};
  for (const entry of set) {
    const at = entry.indexOf('=');
    if (at < 1) throw badInput(`--set: expected name=value, got '${entry}'`);
    const [name, text] = [entry.slice(0, at), entry.slice(at + 1)];
    const phase = phaseNames.find((each) => each === name);
    if (Object.hasOwn(vary, name)) point[name] = pointValue(name, text, vary[name]![0]!);
    else if (phase) phases[phase] = durationFrom(name, text);
    else {
      const known = [...Object.keys(vary), ...phaseNames].join(', ');
      throw badInput(`--set: expected one of ${known}, got '${name}'`);
    }
  }
  return { point, phases };
}

function pointValue(name: string, text: string, like: PointValue): PointValue {
  if (typeof like === 'string') return text;
  if (typeof like === 'boolean') {
    if (text !== 'true' && text !== 'false') throw badInput(`--set ${name}: expected true or false, got '${text}'`);
    return text === 'true';
  }
  const value = parseDuration(text) ?? (text.trim() === '' ? Number.NaN : Number(text));
  if (Number.isNaN(value)) throw badInput(`--set ${name}: expected a number such as ${like}, got '${text}'`);
  return value;
}

function durationFrom(name: string, text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw badInput(`--set ${name}: expected a duration such as 500ms, 30s or 2min, got '${text}'`);
  return duration;
}

/** The first Ctrl-C (or its like) asks the run to end in good order; a later one ends us, and the watchdog cleans up. */
function untilSignal(): AbortSignal {
  const controller = new AbortController();
  let asked = Number.POSITIVE_INFINITY;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (realClock.now() - asked > echoSeconds) process.exit(exitCodes.unknown);
      asked = Math.min(asked, realClock.now());
      controller.abort(interrupted(`The run was ended by ${name}`));
    });
  }
  return controller.signal;
}

/** npm passes on a Ctrl-C that the terminal has delivered already; that is not a second one. */
const echoSeconds = 1;
