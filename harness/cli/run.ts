import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { instructionTimes } from '../experiment/experiment.js';
import { type LoadedExperiment, loadExperiment } from '../experiment/load.js';
import { isPlanFile, loadPlan } from '../experiment/load-plan.js';
import { type Plan, type PlanOptions, resolvePlan } from '../experiment/plan.js';
import { readPrograms } from '../pool/build/programs.js';
import { runApart } from '../run/apart.js';
import { buildFor } from '../run/build.js';
import { type RunOptions, run } from '../run/run.js';
import type { Subject } from '../run/subject.js';
import { aftermathOf } from './aftermath.js';
import { assetsOption } from './assets.js';
import { exitCodes } from './exit.js';
import { Progress } from './progress.js';
import { collect, readSettings, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';
import { runTable } from './table.js';

interface RunFlags {
  on?: string;
  inventory?: string;
  seed?: string;
  set: string[];
  out: string;
  json?: boolean;
  live?: boolean;
  nsPerInstruction?: string;
  /** False for `--no-snapshot`. */
  snapshot: boolean;
  with: string[];
  assets?: boolean;
  anySize?: boolean;
}

const help = `
Examples:
  rsplab run experiments/element-power-off.ts
  rsplab run experiments/element-power-off.ts --on sim --seed 7
  rsplab run experiments/element-kill.ts --set keepAlive=3 --set measure=2min --json
  rsplab run experiments/element-freeze.ts --live
  rsplab run experiments/element-kill.ts --with rspserver=build/rspserver
  rsplab run results/chaos/RUN/plan.json --on uml
  rsplab run experiments/element-kill.ts --on remote --inventory hosts.yaml

Exit codes: 0 all checks pass, 1 a check fails, 2 bad input, 3 unknown because the lab broke.`;

export const runCommand = (): Command =>
  new Command('run')
    .description('Run an experiment once: on a lab with real components, or in the simulator.')
    .argument('<file>', 'the experiment, e.g. experiments/element-power-off.ts, or a stored plan.json')
    .option(
      '--on <subject>',
      'virtual, netns, uml, docker, uml+docker, remote or sim (default: the best that works here)',
    )
    .option('--inventory <file>', 'on remote: which hosts there are; .yaml, .json or .ts')
    .option('--seed <number>', 'what all chance of the run grows from (default: 1, or the stored plan’s)')
    .option(
      '--set <name=value>',
      'choose what the experiment varies, or a phase’s length; may be repeated',
      collect,
      [],
    )
    .option('--with <name=path>', 'a program of your own build, e.g. rspserver=build/rspserver', collect, [])
    .option('--out <folder>', 'where results go', 'results')
    .option('--any-size', 'on sim: begin however long it will take, and however much room')
    .option('--json', 'print summary.json instead of a table')
    .option(...assetsOption)
    .option(
      '--ns-per-instruction <number>',
      'how slow the processor of the lab virtual is: 1, 2, 4, 8 or 16 (default: 4)',
    )
    .option('--no-snapshot', 'boot the machine of the lab virtual instead; takes longer, and comes to the same')
    .option('--live', 'serve a page on this machine that shows the run while it goes on')
    .addHelpText('after', help)
    .action(async (file: string, flags: RunFlags) => {
      const plan = await planOf(file, flags);
      const subject = await withoutSnapshot(await chooseSubject(flags.on, flags), flags);
      const build = await buildFor(readPrograms('--with', flags.with), subject);
      const progress = new Progress(plan, subject.name, process.stderr);
      // The page is slow to load, and most runs have none.
      const live = flags.live ? await (await import('./live.js')).startLive(plan) : undefined;
      const signal = untilSignal('run');
      const options: RunOptions = {
        ...{ out: flags.out, clock: realClock, signal, build },
        say: (line) => void process.stderr.write(`${line}\n`),
        onBegin: (folder) => {
          progress.begin(folder);
          live?.begin(folder);
        },
        onEvent: (event) => {
          progress.event(event);
          live?.event(event);
        },
      };
      const { anySize = false } = flags;
      const onProgress = (share: number) => progress.simulated(share);
      const finished = await (subject.clock === 'simulated'
        ? runApart(plan, { ...options, anySize, onProgress })
        : run(plan, subject, options));
      const aftermath = await aftermathOf(plan, finished, flags, signal);
      progress.end();
      const text = flags.json ? `${JSON.stringify(finished.summary, null, 2)}\n` : runTable(plan, finished, aftermath);
      process.stdout.write(text);
      await live?.end(aftermath.report === null ? null : finished.folder);
      process.exitCode = exitCodes[finished.summary.verdict];
    });

async function withoutSnapshot(subject: Subject, { snapshot }: RunFlags): Promise<Subject> {
  if (snapshot) return subject;
  if (subject.name !== 'virtual') throw badInput(`--no-snapshot: expected the lab virtual, got ${subject.name}`);
  return (await import('../run/virtual-subject.js')).virtual({ withoutSnapshot: true });
}

/** Of an experiment's file, or of a plan that was stored. */
export const planOf = async (file: string, flags: PlanFlags): Promise<Plan> =>
  isPlanFile(file) ? storedPlan(file, flags) : planFor(await loadExperiment(file), flags);

function storedPlan(file: string, { seed, set, nsPerInstruction }: PlanFlags): Plan {
  if (nsPerInstruction !== undefined) {
    throw badInput(`--ns-per-instruction: expected an experiment's file, got ${file}, whose choices are made`);
  }
  if (set.length > 0) throw badInput(`--set: expected an experiment's file, got ${file}, whose choices are made`);
  return loadPlan(file, seed === undefined ? undefined : seedFrom(seed));
}

type PlanFlags = Pick<RunFlags, 'seed' | 'set'> & Partial<Pick<RunFlags, 'nsPerInstruction'>>;

/** Makes the plan that the flags ask for. */
export function planFor(loaded: LoadedExperiment, { seed, set, nsPerInstruction }: PlanFlags): Plan {
  const { experiment, file, question, expectation } = loaded;
  const { values, phases } = readSettings(loaded, set, { lists: false });
  const point = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value!]));
  return resolvePlan(experiment, {
    seed: seedFrom(seed ?? '1'),
    point,
    phases,
    file,
    question,
    expectation,
    ...speedFrom(nsPerInstruction),
  });
}

function speedFrom(text: string | undefined): Pick<PlanOptions, 'nanosecondsPerInstruction'> {
  if (text === undefined) return {};
  const found = instructionTimes.find((each) => String(each) === text);
  if (found === undefined)
    throw badInput(`--ns-per-instruction: expected one of ${instructionTimes.join(', ')}, got '${text}'`);
  return { nanosecondsPerInstruction: found };
}
