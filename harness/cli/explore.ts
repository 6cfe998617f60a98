import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { parseDuration } from '../base/units.js';
import { loadExperiment } from '../experiment/load.js';
import { isPlanFile } from '../experiment/load-plan.js';
import { resolvePlan } from '../experiment/plan.js';
import { type ExploreOptions, explore, type FinishedExploration } from '../explore/explore.js';
import { type Exploration, readExploration } from '../explore/folder.js';
import type { Subject } from '../run/subject.js';
import { assetsOption } from './assets.js';
import { exitCodes } from './exit.js';
import { ExploreProgress } from './explore-progress.js';
import { type ScreenFlags, screenAction, screeningBefore } from './screen.js';
import { collect, countFrom, readSettings, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';

interface ExploreFlags extends ScreenFlags {
  maxRuns?: string;
  set: string[];
  assets?: boolean;
}

const defaultSeeds = 100;
const defaultMaxRuns = 60;

export const exploreCommand = (): Command =>
  new Command('explore')
    .description('Run an experiment that draws its faults under seed after seed; shrink and keep what fails.')
    .argument('[file]', 'the experiment, e.g. experiments/chaos.ts; may be left out with --resume')
    .option('--seeds <number>', `how many seeds to try (default: ${defaultSeeds})`)
    .option('--for <time>', 'try seeds for so long, e.g. 30min or 8h, instead of so many')
    .option('--on <subject>', 'where to run (default: virtual)')
    .option('--confirm <lab>', 'search in the model (--on sim), and let this lab try what is most interesting')
    .option('--top <number>', 'how many schedules --confirm tries (default: 100)')
    .option('--quirks', 'let the model of --confirm do what RSPLIB does beside the protocols')
    .option('--jobs <number>', 'runs at a time, each on a machine of its own (default: one per core; 1 in real time)')
    .option('--seed <number>', 'the first seed; the others follow it (default: 1)')
    .option('--max-runs <number>', `runs of each search for fewer faults (default: ${defaultMaxRuns})`)
    .option('--set <name=value>', 'choose what the experiment varies, or a phase’s length', collect, [])
    .option('--resume <folder>', 'go on with that exploration, with more --seeds or --for longer if you like')
    .option('--out <folder>', 'where results go', 'results')
    .option('--json', 'print exploration.json instead of a few words')
    .option(...assetsOption)
    .addHelpText('after', help)
    .action(exploreAction);

const help = `
Examples:
  rsplab explore experiments/chaos.ts --seeds 200
  rsplab explore experiments/chaos.ts --for 8h --jobs 4
  rsplab explore experiments/chaos.ts --on sim --set kinds=simulated --seeds 1000
  rsplab explore experiments/chaos.ts --on sim --confirm virtual --seeds 100000 --top 100
  rsplab explore --resume results/chaos/EXPLORATION --for 2h

For each check that fails, faults are left out until none can be (as rsplab shrink does). Findings with the same
check and the same kinds and roles of faults left over are alike; findings/ has the smallest plan of each group, with
a command that, on virtual, fails exactly so again. Runs that are unknown are counted and named, and are never
findings. With --confirm nothing is shrunk: the model tries all seeds, the lab the most interesting ones and, for
comparison, some that nothing has chosen; the table says how many of the model's findings are real, and how many
real ones it has. Ctrl-C ends the exploration with its results so far; a killed one goes on with --resume.

Exit codes: 0 nothing was found, 1 something was, 2 bad input, 3 interrupted before that, or no run could be judged.`;

async function exploreAction(file: string | undefined, flags: ExploreFlags): Promise<void> {
  const screening = screeningBefore(flags);
  const before = flags.resume === undefined || screening ? null : readExploration(flags.resume);
  const source = file ?? before?.file ?? screening?.file;
  if (source === undefined)
    throw badInput('explore: expected an experiment’s file, or --resume with an exploration’s folder, got neither');
  if (isPlanFile(source))
    throw badInput(`explore: expected an experiment, whose faults follow from the seed, got the stored plan ${source}`);
  const loaded = await loadExperiment(source);
  const { experiment, question, expectation } = loaded;
  const { values, phases } = readSettings(loaded, flags.set, { lists: false });
  const chosen = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value!]));
  const earlier = before ?? screening;
  const choices = { point: { ...earlier?.point, ...chosen }, phases: { ...earlier?.phases, ...phases } };
  if (screening || flags.confirm !== undefined) return screenAction(loaded, flags, screening, choices);
  for (const option of ['top', 'quirks'] as const)
    if (flags[option] !== undefined) throw badInput(`--${option}: expected --confirm with it, got none`);
  const subject = await chooseSubject(before?.on ?? flags.on ?? 'virtual');
  const progress = new ExploreProgress(experiment.name, process.stderr);
  const finished = await explore(loaded, {
    subject,
    planFor: (seed) => resolvePlan(experiment, { seed, ...choices, file: loaded.file, question, expectation }),
    firstSeed: flags.seed === undefined ? (before?.firstSeed ?? 1) : seedFrom(flags.seed),
    ...lengthOf(flags, before),
    jobs: jobsFor(subject, flags.jobs),
    maxRuns: flags.maxRuns === undefined ? (before?.maxRuns ?? defaultMaxRuns) : countFrom('--max-runs', flags.maxRuns),
    out: flags.out,
    resume: flags.resume ?? null,
    clock: realClock,
    signal: untilSignal('exploration'),
    say: (line) => progress.say(line),
    onProgress: (state) => progress.update(state),
  }).finally(() => progress.end());
  // Drawing is slow to load, so it waits until there is something to draw.
  const { writeExploreReport } = await import('../../reports/explore/report.js');
  const page = writeExploreReport(finished.folder, flags);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ ...finished.exploration, folder: finished.folder }, null, 2)}\n`
      : report(finished, page),
  );
  process.exitCode = exitCodeOf(finished.exploration);
}

function lengthOf(flags: ExploreFlags, before: Exploration | null): Pick<ExploreOptions, 'seeds' | 'forSeconds'> {
  if (flags.seeds !== undefined && flags.for !== undefined)
    throw badInput('explore: expected either --seeds or --for, got both');
  if (flags.seeds !== undefined) return { seeds: countFrom('--seeds', flags.seeds), forSeconds: null };
  if (flags.for === undefined)
    return { seeds: before?.seeds ?? (before ? null : defaultSeeds), forSeconds: before?.forSeconds ?? null };
  const span = parseDuration(flags.for);
  if (!span) throw badInput(`--for: expected a time such as 30min or 8h, got '${flags.for}'`);
  // Of an exploration that goes on, so long from now.
  return { seeds: null, forSeconds: (before?.spentSeconds ?? 0) + span };
}

const jobsFor = ({ clock }: Subject, jobs: string | undefined): number => {
  if (jobs !== undefined) return countFrom('--jobs', jobs);
  return clock === 'real' ? 1 : availableParallelism();
};

function exitCodeOf({ tried, state }: Exploration): number {
  if (tried.failed > 0) return exitCodes.fail;
  return state === 'interrupted' || tried.passed === 0 ? exitCodes.unknown : exitCodes.pass;
}

function report({ folder, exploration }: FinishedExploration, page: string): string {
  const { tried, groups, runs, on, state, unfinished, unconfirmed, unknown } = exploration;
  const { seeds, passed, failed } = tried;
  const lines = [
    `${seeds} seeds on ${on} in ${runs} runs: ${passed} passed, ${failed} failed, ${tried.unknown} unknown.`,
    ...groups.flatMap(({ check, shape, seeds, smallest }) => [
      `${check} fails ${shape.length === 0 ? 'without any fault' : `with ${shape.join(', ')}`}: ${named(seeds)}`,
      `  ${smallest.faults} of ${smallest.of} faults under seed ${smallest.seed}: ${smallest.detail}`,
      `  Again: ${smallest.replay}`,
    ]),
    ...unfinished.map(({ seed, check }) => `Not shrunk yet: ${check}, seed ${seed}`),
    ...unconfirmed.map(({ seed, check }) => `Did not fail again: ${check}, seed ${seed}`),
    ...byReason(unknown).map(([reason, seeds]) => `Unknown: ${named(seeds)}, because ${reason}`),
    `Results: ${join(folder, 'exploration.json')}`,
    `Report:  ${page}`,
    ...(state === 'interrupted' ? [`Go on:   rsplab explore --resume ${folder}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function byReason(unknown: Exploration['unknown']): [reason: string, seeds: number[]][] {
  const seedsOf = new Map<string, number[]>();
  for (const { seed, reasons } of unknown) {
    const reason = reasons[0] ?? 'it says nothing';
    seedsOf.set(reason, [...(seedsOf.get(reason) ?? []), seed]);
  }
  return [...seedsOf];
}

const namedMost = 8;

function named(seeds: readonly number[]): string {
  const names = seeds.slice(0, namedMost).join(', ');
  const more = seeds.length > namedMost ? ` and ${seeds.length - namedMost} more` : '';
  return `${seeds.length === 1 ? 'seed' : `${seeds.length} seeds:`} ${names}${more}`;
}
