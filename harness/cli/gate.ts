import { appendFileSync, copyFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { accept } from '../gate/accept.js';
import { writeExports } from '../gate/exports.js';
import { createGateFolder, type GateRequest, latestGate, readRequest, readResult } from '../gate/folder.js';
import { githubAnnotations, githubSummary } from '../gate/formats/github.js';
import { markdown } from '../gate/formats/markdown.js';
import { gate } from '../gate/gate.js';
import { addToHistory, type History } from '../gate/history.js';
import type { GateResult } from '../gate/result.js';
import type { RunnerOptions } from '../gate/runner.js';
import { updateBaseline } from '../gate/update.js';
import { readPrograms } from '../pool/build/programs.js';
import { runId } from '../run/folder.js';
import { assetsOption } from './assets.js';
import { exitCodes } from './exit.js';
import { GateProgress } from './gate-progress.js';
import { type Asked, jobOf, type Prepared, prepare } from './gate-request.js';
import { gateTable } from './gate-table.js';
import { collect, countFrom, jobsFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';

interface GateFlags {
  on?: string;
  baseline: string;
  update?: boolean;
  accept?: string;
  why?: string;
  from?: string;
  against: string[];
  with: string[];
  config?: string;
  replications?: string;
  budget?: string;
  seed?: string;
  jobs?: string;
  history?: string;
  export?: string;
  resume?: string | true;
  out: string;
  json?: boolean;
  assets?: boolean;
}

export const gateCommand = (): Command =>
  new Command('gate')
    .description('Hold runs of a new build against a baseline, or against an old build; fail when it got worse.')
    .argument('[files...]', 'experiments (default: the configuration’s, or kill, power-off, freeze and registrar kill)')
    .option('--baseline <file>', 'what earlier runs said, in your own repository', 'rsplab-baseline.json')
    .option('--update', 'measure the baseline anew, and write it')
    .option('--accept <metric>', 'move this metric of the baseline to what the last gate measured; needs --why')
    .option('--why <text>', 'the reason, which the baseline keeps')
    .option('--from <gate>', 'the folder of the gate whose values are accepted (default: the latest)')
    .option('--with <name=path>', 'a program of your own build, e.g. rspserver=build/rspserver', collect, [])
    .option('--against <name=path>', 'no baseline: run this old program beside the new one, in turns', collect, [])
    .option('--on <subject>', 'where to run (default: where the baseline was made, else virtual)')
    .option('--config <file>', 'JSON or TypeScript with experiments, replications, budget and limits')
    .option('--replications <number>', 'runs per point before the first judgement, and between two (default: 8)')
    .option('--budget <number>', 'runs per point at most (default: three times that)')
    .option('--seed <number>', 'what all chance grows from (default: the baseline’s)')
    .option('--jobs <number>', 'runs at a time, where time is not real (default: one per core)')
    .option('--history <file>', 'add a line of CSV to this file, and draw it')
    .option('--export <folder>', 'also write the files for CI here, under names that stay the same')
    .option('--resume [folder]', 'go on with that gate, or with the latest unfinished one')
    .option('--out <folder>', 'where results go', 'results')
    .option('--json', 'print gate.json instead of a table')
    .option(...assetsOption)
    .addHelpText('after', help)
    .action(gateAction);

const help = `
Examples:
  rsplab gate --update --on sim experiments/element-power-off.ts      make the baseline, and commit it
  rsplab gate experiments/element-power-off.ts --export gate          judge a change in CI
  rsplab gate --with rspserver=build/rspserver --against rspserver=/usr/bin/rspserver
  rsplab gate --accept resumption --why 'the cookie is signed now'
  rsplab gate --resume

A metric fails when it is surely worse by more than its limit, and fresh runs confirm it; it passes when it is surely
not. What is neither gets more runs, up to the budget. Where time is not real, an unchanged program passes after one
run. --export writes junit.xml, comment.md, metrics.txt, JSON for Bencher and github-action-benchmark, and report.html.

Exit codes: 0 nothing is worse, 1 something is, 2 bad input, 3 cannot say: too few runs, or the lab broke.`;

async function gateAction(files: string[], flags: GateFlags): Promise<void> {
  if (flags.accept !== undefined) return acceptAction(flags.accept, flags);
  const resumed = flags.resume === undefined ? null : resumedFolder(flags.resume, flags.out);
  const prepared = await prepare(resumed ? readRequest(resumed) : askedFor(files, flags));
  const { update } = prepared.request;
  if (resumed) checkSame(resumed, readRequest(resumed), prepared.request);
  const copy = resumed && !update && existsSync(join(resumed, 'baseline.json')) ? join(resumed, 'baseline.json') : null;
  const job = update ? null : jobOf(prepared, copy);
  const folder = resumed ?? createGateFolder(flags.out, runId(realClock.now(), newSession()), prepared.request);
  if (job?.baseline && !copy) copyFileSync(job.baseline.file, join(folder, 'baseline.json'));
  const progress = new GateProgress(process.stderr);
  const options: RunnerOptions = {
    folder,
    jobs: jobsFrom(flags.jobs),
    clock: realClock,
    signal: untilSignal('gate'),
    onRun: (task, done, known) => progress.update(task, done, known),
  };
  if (job === null) return updateAction(prepared, options, progress);
  const before = resumed && existsSync(join(folder, 'gate.json')) ? readResult(folder).seconds : 0;
  const result = await gate(job, { ...options, before }).finally(() => progress.end());
  const history = flags.history === undefined ? null : await addToHistory(flags.history, result, realClock);
  const report = await writeResults(folder, result, flags, history);
  tellCi(result);
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : gateTable(result, report));
  process.exitCode = exitCodes[result.verdict];
}

function askedFor(files: string[], flags: GateFlags): Asked {
  const against = flags.against.length === 0 ? null : readPrograms('--against', flags.against);
  if (against && flags.update) throw badInput('gate: expected --update or --against, got both');
  return {
    files,
    config: flags.config ?? null,
    on: flags.on ?? null,
    seed: flags.seed === undefined ? null : seedFrom(flags.seed),
    replications: flags.replications === undefined ? null : countFrom('--replications', flags.replications),
    budget: flags.budget === undefined ? null : countFrom('--budget', flags.budget),
    baseline: against ? null : flags.baseline,
    with: { ...readPrograms('--with', flags.with) } as Record<string, string>,
    against: against && ({ ...against } as Record<string, string>),
    commit: process.env.GITHUB_SHA ?? process.env.CI_COMMIT_SHA ?? process.env.GIT_COMMIT ?? null,
    update: flags.update === true,
  };
}

const resumedFolder = (resume: string | true, out: string): string =>
  resume === true ? latestGate(out, { open: true }) : resolve(resume);

/** Runs of other plans, or under other rules, do not belong to the gate that began. */
function checkSame(folder: string, before: GateRequest, now: GateRequest): void {
  if (before.digest !== now.digest) {
    throw badInput(`--resume: expected the same experiments and settings as in ${folder}, got others`);
  }
}

async function updateAction(
  { request, subject, points, build }: Prepared,
  options: RunnerOptions,
  progress: GateProgress,
) {
  const file = request.baseline!;
  const job = { subject, points, seed: request.seed, with: build, against: null };
  const baseline = await updateBaseline(file, job, options).finally(() => progress.end());
  copyFileSync(file, join(options.folder, 'baseline.json'));
  const lines = baseline.points
    .filter(({ experiment, point }) =>
      points.some((each) => each.experiment === experiment && JSON.stringify(each.point) === JSON.stringify(point)),
    )
    .map(
      ({ experiment, seeds, values }) => `${experiment}: ${seeds.length} runs, ${Object.keys(values).length} metrics`,
    );
  process.stdout.write(`${[...lines, `Baseline: ${file}; read it, and commit it.`].join('\n')}\n`);
}

async function acceptAction(what: string, flags: GateFlags): Promise<void> {
  if (flags.why === undefined) throw badInput('--accept: expected --why with the reason, got none');
  const gateFolder = flags.from === undefined ? latestGate(flags.out, { open: false }) : resolve(flags.from);
  const moved = await accept(flags.baseline, { what, why: flags.why, gateFolder }, realClock);
  process.stdout.write(`${moved.map((each) => `Accepted: ${each}`).join('\n')}\nBaseline: ${flags.baseline}\n`);
}

/** @returns the report's file */
async function writeResults(folder: string, result: GateResult, flags: GateFlags, history: History | null) {
  // Drawing is slow to load, so it waits until there is something to draw.
  const { writeGateReport } = await import('../../reports/gate/report.js');
  writeExports(folder, result);
  const report = writeGateReport(folder, result, { into: folder, history, assets: flags.assets === true });
  if (flags.export === undefined) return report;
  writeExports(flags.export, result);
  return writeGateReport(folder, result, { into: resolve(flags.export), history, assets: flags.assets === true });
}

/** GitHub reads annotations from either stream. */
function tellCi(result: GateResult): void {
  if (process.env.GITHUB_ACTIONS !== 'true') return;
  process.stderr.write(`${githubAnnotations(result).join('\n')}\n`);
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) appendFileSync(file, githubSummary(markdown(result)));
}
