import { resolve } from 'node:path';
import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { formatDuration } from '../base/units.js';
import { loadRun, locate } from '../compare/load.js';
import { describeTarget } from '../fault/target.js';
import { runApart } from '../run/apart.js';
import { runId } from '../run/folder.js';
import { run } from '../run/run.js';
import type { Subject } from '../run/subject.js';
import { readSearch, type Search } from '../shrink/folder.js';
import { beginSearch, type RunOnce, shrink } from '../shrink/shrink.js';
import { exitCodes } from './exit.js';
import { countFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';

interface ShrinkFlags {
  on?: string;
  check?: string;
  maxRuns: string;
  repeat?: string;
  resume?: string;
  out: string;
  json?: boolean;
}

/** Runs in real time vary. In virtual time, and in a simulation's, one run decides. */
export const repeatsOn = ({ clock }: Subject): number => (clock === 'real' ? 2 : 1);

export const shrinkCommand = (): Command =>
  new Command('shrink')
    .description('Find fewer faults that fail the same check as a run did, by running its plan with some left out.')
    .argument('[run]', 'the folder of a run of which a check failed, or latest; left out with --resume')
    .option('--on <subject>', 'where to run (default: where the run was)')
    .option('--check <name>', 'the failed check (default: the run’s first)')
    .option('--max-runs <number>', 'runs in all', '40')
    .option(
      '--repeat <number>',
      'runs of each candidate, which fails if one of them does (default: 2; on virtual and sim 1: one decides)',
    )
    .option('--resume <folder>', 'go on with that search')
    .option('--out <folder>', 'where results go', 'results')
    .option('--json', 'print shrink.json instead of a few words')
    .addHelpText('after', help)
    .action(shrinkAction);

const help = `
Examples:
  rsplab shrink results/chaos/RUN
  rsplab shrink latest --on sim
  rsplab shrink results/chaos/RUN --check failoverDelay --max-runs 100 --repeat 3
  rsplab shrink --resume results/chaos/SEARCH

On virtual every run of a plan comes to the same, so nothing is repeated; the failed run itself counts as the first one.
The search (ddmin, Zeller and Hildebrandt 2002) ends when no fault can be left out any more, or the runs are used up.
Every run is kept; shrink.json, written anew after each, says which faults were tried and how that ended.

Exit codes: 0 a failing schedule was found, 2 bad input, 3 not even all faults failed the check again, or interrupted.`;

async function shrinkAction(named: string | undefined, flags: ShrinkFlags): Promise<void> {
  if ((named === undefined) === (flags.resume === undefined)) {
    throw badInput(
      `shrink: expected either a run or --resume with a search's folder, got ${named ? 'both' : 'neither'}`,
    );
  }
  const maxRuns = countFrom('--max-runs', flags.maxRuns);
  const { folder, subject } = flags.resume
    ? { folder: resolve(flags.resume), subject: await chooseSubject(readSearch(flags.resume).on) }
    : await begin(locate(named!, flags.out), flags, maxRuns);
  const signal = untilSignal('search');
  const progress = teller();
  const search = await shrink(folder, readSearch(folder), {
    on: subject.name,
    runOnce: runnerOn(subject, signal),
    signal,
    onRun: progress,
  });
  process.stdout.write(flags.json ? `${JSON.stringify({ ...search, folder }, null, 2)}\n` : report(folder, search));
  process.exitCode = search.smallest ? exitCodes.pass : exitCodes.unknown;
}

async function begin(runFolder: string, flags: ShrinkFlags, maxRuns: number) {
  const subject = await chooseSubject(flags.on ?? loadRun(runFolder).summary.on);
  const repeat = flags.repeat === undefined ? repeatsOn(subject) : countFrom('--repeat', flags.repeat);
  const id = runId(realClock.now(), newSession());
  const fingerprint = subject.fingerprint?.(loadRun(runFolder).plan) ?? null;
  const { check, out } = flags;
  const folder = beginSearch(runFolder, { check, on: subject.name, repeat, maxRuns, out, id, fingerprint });
  return { folder, subject };
}

const runnerOn =
  (subject: Subject, signal: AbortSignal): RunOnce =>
  async (plan, out) => {
    const options = { out, clock: realClock, signal };
    const { folder, summary } = await (subject.clock === 'simulated'
      ? runApart(plan, options)
      : run(plan, subject, options));
    return { folder, checks: summary.checks, broken: summary.reasons.length > 0 };
  };

/** A line before each run: runs take long, and a log of them is worth keeping. */
function teller() {
  let first: { at: number; runs: number } | undefined;
  return (search: Search, faults: number): void => {
    const { trials, maxRuns, smallest, schedule, check } = search;
    const runs = trials.reduce((sum, trial) => sum + trial.runs.length, 0);
    first ??= { at: realClock.now(), runs };
    const done = runs - first.runs;
    const left = done === 0 ? '' : ` – at most ${formatDuration(leftFor(first.at, done, maxRuns - runs))} left`;
    const least = smallest ? `, ${smallest.length} of ${schedule.length} faults are known to fail ${check}` : '';
    process.stderr.write(`run ${runs + 1} of at most ${maxRuns}: with ${faults} faults${least}${left}\n`);
  };
}

const leftFor = (begin: number, done: number, left: number): number =>
  Math.ceil(((realClock.now() - begin) / done) * left);

/** What is known of the smallest set that was found. */
const claims: Record<Search['state'], string> = {
  running: 'the search goes on',
  minimal: 'none of them can be left out',
  exhausted: 'the runs were used up before more was known',
  undecided: 'fewer may do, but the lab broke each time that was tried',
  'not reproduced': 'all of them did not do so again',
};

function report(folder: string, { state, check, on, smallest, schedule, trials, replay }: Search): string {
  const runs = trials.flatMap((trial) => trial.runs);
  const tried = `${trials.length} sets of faults in ${runs.length} runs on ${on}`;
  if (!smallest) {
    const why = state === 'undecided' ? ', for the lab broke' : '';
    return `${check} did not fail again${why}: ${tried}.\nSearch: ${folder}\n`;
  }
  const faults = smallest.map((at) => {
    const { lasting, fault, ...when } = schedule[at]!;
    const time = 'time' in when ? `at ${formatDuration(when.time)}` : when.when;
    const network = fault.network === null ? '' : ` (${fault.network})`;
    const span = lasting === null ? 'to the end' : `for ${formatDuration(lasting)}`;
    return `  ${time}: ${fault.kind} on ${describeTarget(fault.target)}${network} ${span}`;
  });
  return [
    `${smallest.length} of ${schedule.length} faults fail ${check}; ${claims[state]} (${tried}).`,
    ...faults,
    `Search: ${folder}`,
    `Again:  ${replay}`,
    '',
  ].join('\n');
}
