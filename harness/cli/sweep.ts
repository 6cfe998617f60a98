import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { loadExperiment } from '../experiment/load.js';
import type { Verdict } from '../result/summary.js';
import { checkSize } from '../run/apart.js';
import type { Subject } from '../run/subject.js';
import type { FinishedSweep } from '../sweep/finish.js';
import { latestSweep, readDescription, type SweepDescription } from '../sweep/folder.js';
import { describePoint, type Grid } from '../sweep/grid.js';
import { merge } from '../sweep/merge.js';
import { shardFrom } from '../sweep/shard.js';
import { keepsRows } from '../sweep/simulated.js';
import { newSweepId, type SweepOptions, sweep } from '../sweep/sweep.js';
import { assetsOption } from './assets.js';
import { exitCodes } from './exit.js';
import { collect, countFrom, jobsFrom, readSettings, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';
import { SweepProgress } from './sweep-progress.js';
import { executorFor } from './sweep-where.js';

interface SweepFlags {
  on?: string;
  replications?: string;
  jobs?: string;
  resume?: string | true;
  shard?: string;
  merge?: string[];
  queue?: string | true;
  chunk: string;
  slurm?: string;
  seed?: string;
  set: string[];
  out: string;
  json?: boolean;
  assets?: boolean;
  anySize?: boolean;
}

const defaultReplications = 24;

export const sweepCommand = (): Command =>
  new Command('sweep')
    .description('Run all points of an experiment again and again with other seeds; make tables with intervals.')
    .argument('[file]', 'the experiment; may be left out with --resume FOLDER')
    .option('--on <subject>', 'sim, or a lab: virtual, netns, uml, … (default: sim)')
    .option('--replications <number>', `runs per point, each with its own seed (default: ${defaultReplications})`)
    .option(
      '--jobs <number>',
      'runs at a time on sim and virtual; other labs want the machine for themselves (default: one per core)',
    )
    .option('--resume [folder]', 'go on with that sweep, or with the experiment’s latest')
    .option(
      '--shard <i/n>',
      'only the i-th of n parts of the runs, into a folder of its own; goes on with what is there',
    )
    .option('--merge <folder...>', 'run nothing: make one sweep of these, its shards')
    .option('--queue [address]', 'have others run it: rsplab work, on any number of machines; redis://… or rediss://…')
    .option('--chunk <duration>', 'with --queue: work that is handed out at a time', '10s')
    .option('--slurm <jobs>', 'have a cluster run it: an array of so many jobs of Slurm, with --out in a shared folder')
    .option('--seed <number>', 'what all chance of the sweep grows from (default: 1)')
    .option('--set <name=values>', 'only these points, e.g. policy=LeastUsed,Random, or a phase’s length', collect, [])
    .option('--out <folder>', 'where results go', 'results')
    .option('--any-size', 'on sim: begin runs however long they will take, and however much memory')
    .option('--json', 'print sweep.json instead of a few words')
    .option(...assetsOption)
    .addHelpText('after', help)
    .action(sweepAction);

const help = `
Examples:
  rsplab sweep experiments/fig08-clean-shutdowns.ts
  rsplab sweep experiments/fig08-clean-shutdowns.ts --set variant=script,paper --set keepAlive=1
  rsplab sweep experiments/element-kill.ts --on virtual --replications 5 --jobs 2
  rsplab sweep experiments/fig08-clean-shutdowns.ts --resume
  rsplab sweep experiments/fig08-clean-shutdowns.ts --shard 3/8 --out shards
  rsplab sweep experiments/fig08-clean-shutdowns.ts --queue redis://queue.example.org:6379
  rsplab sweep --merge shards/fig08-clean-shutdowns/* --out results

Results: table.csv (a row per point: mean, half width of the 95 % interval, n), runs.csv (a row per run), sweep.json.
Replication r has the same seed, and so the same requests, at every point.

Exit codes: 0 all runs finished, 1 a check failed, 2 bad input, 3 a run or a point came to nothing, or interrupted.`;

async function sweepAction(file: string | undefined, flags: SweepFlags): Promise<void> {
  const finished = flags.merge ? mergeFrom(file, flags.merge, flags) : await sweepFrom(file, flags);
  // Drawing is slow to load, so it waits until there is something to draw.
  const { writeSweepReport } = await import('../../reports/sweep/report.js');
  const page = writeSweepReport(finished.folder, flags);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ ...finished.description, folder: finished.folder }, null, 2)}\n`
      : report(finished, page),
  );
  process.exitCode = exitCodes[verdictOf(finished)];
}

/** A sweep of which no plan is made any more. */
type Finished = FinishedSweep<Pick<Grid, 'points'>>;

function mergeFrom(file: string | undefined, folders: readonly string[], flags: SweepFlags): Finished {
  const other = (['resume', 'shard', 'queue', 'slurm', 'replications', 'seed', 'on'] as const).find(
    (name) => flags[name] !== undefined,
  );
  const extra = file ?? (other ? `--${other}` : undefined) ?? flags.set[0];
  if (extra !== undefined) throw badInput(`sweep --merge: expected folders and --out alone, got ${extra}, too`);
  return merge(folders, { out: flags.out, id: newSweepId(realClock) });
}

async function sweepFrom(file: string | undefined, flags: SweepFlags): Promise<Finished> {
  const { file: source, before, folder } = await whatToSweep(file, flags);
  const loaded = await loadExperiment(source);
  const { values, phases } = readSettings(loaded, flags.set, { lists: true });
  const given = <T>(isGiven: boolean, now: T, then: T | undefined): T => (isGiven || then === undefined ? now : then);
  const set = flags.set.length > 0;
  const options: SweepOptions = {
    subject: sized(await chooseSubject(flags.on ?? before?.on ?? 'sim'), flags),
    seed: flags.seed === undefined ? (before?.seed ?? 1) : seedFrom(flags.seed),
    replications:
      flags.replications === undefined
        ? (before?.replications ?? defaultReplications)
        : countFrom('--replications', flags.replications),
    restriction: given(set, values, before?.restriction),
    phases: given(set, phases, before?.phases),
    jobs: jobsFrom(flags.jobs),
    out: flags.out,
    resume: folder,
    shard: flags.shard === undefined ? (before?.shard ?? null) : shardFrom(flags.shard),
    clock: realClock,
    signal: untilSignal('sweep'),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
  const executor = await executorFor(loaded.file, options, flags);
  const progress = new SweepProgress(loaded.experiment.name, process.stderr);
  const onProgress = (state: Parameters<SweepProgress['update']>[0]) => progress.update(state);
  return sweep(loaded, { ...options, ...(executor && { executor }), onProgress }).finally(() => progress.end());
}

/** As the subject is, and refusing what would be absurdly large. */
function sized(subject: Subject, { anySize, out }: SweepFlags): Subject {
  if (subject.clock !== 'simulated' || anySize) return subject;
  return {
    ...subject,
    check(plan) {
      subject.check(plan);
      checkSize(plan, out, { rows: keepsRows(plan), files: false });
    },
  };
}

/** Which experiment, and which earlier sweep of it if any. */
async function whatToSweep(file: string | undefined, { resume, out }: SweepFlags) {
  // `--resume FILE` reads like a folder to the command line, but means the file's latest sweep.
  const isFile = typeof resume === 'string' && existsSync(resume) && statSync(resume).isFile();
  const source = file ?? (isFile ? resume : undefined);
  const named = typeof resume === 'string' && !isFile && resume !== 'latest' ? resolve(resume) : null;
  if (source === undefined && named === null) {
    throw badInput('sweep: expected an experiment’s file, or --resume with a sweep’s folder, got neither');
  }
  if (resume === undefined) return { file: source!, before: null, folder: null };
  const folder = named ?? latestSweep(out, (await loadExperiment(source!)).experiment.name);
  const before: SweepDescription = readDescription(folder);
  return { file: source ?? before.file, before, folder };
}

/** Of a point that came to nothing, nothing is known; a check that failed has failed all the same. */
function verdictOf({ description, records }: Finished): Verdict {
  if (records.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return description.failures.length > 0 || records.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'pass';
}

function report({ description, folder, records, grid }: Finished, page: string): string {
  const { points, replications, failures, shard } = description;
  const part = shard ? `, part ${shard.number} of ${shard.of}` : '';
  const unhappy = records.filter(({ verdict }) => verdict !== null && verdict !== 'pass');
  const lines = [
    `${points} points with ${replications} runs each${part}: ${records.length} runs finished.`,
    ...failures.map(({ point, replication, seed, reason }) => {
      const at = replication === null ? '' : `, replication ${replication} (seed ${seed})`;
      return `Failed: ${describePoint(point)}${at}: ${reason}`;
    }),
    ...unhappy.map(
      ({ point, seed, verdict }) => `Check ${verdict}: ${describePoint(grid.points[point]!.point)}, seed ${seed}`,
    ),
    `Tables: ${join(folder, 'table.csv')}, ${join(folder, 'runs.csv')}`,
    `Report: ${page}`,
  ];
  return `${lines.join('\n')}\n`;
}
