import { join } from 'node:path';
import { Command } from 'commander';
import { type Figure, headingOf, isOfPaper, nameOfFigure } from '../../reports/figure/figure.js';
import type { DrawnFigure } from '../../reports/figure/figure-set.js';
import { figures as all } from '../../reports/figure/figures/index.js';
import type { DrawnMeasured } from '../../reports/figure/measured/set.js';
import { realClock } from '../base/clock.js';
import { badInput, codeOf, interrupted } from '../base/errors.js';
import { formatDuration } from '../base/units.js';
import type { LoadedExperiment } from '../experiment/load.js';
import { simSubject } from '../run/sim-subject.js';
import type { FinishedSweep } from '../sweep/finish.js';
import { latestSweep } from '../sweep/folder.js';
import { type SweepOptions, sweep } from '../sweep/sweep.js';
import { assetsOption } from './assets.js';
import { exitCodes } from './exit.js';
import { loadShipped } from './grow.js';
import { countFrom, jobsFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { SweepProgress } from './sweep-progress.js';

interface FiguresFlags {
  replications?: string;
  quick?: boolean;
  jobs?: string;
  seed: string;
  variant: string;
  resume?: boolean;
  measured?: boolean;
  draw?: boolean;
  out?: string;
  assets?: boolean;
}

const replicationsOf = { paper: 24, quick: 8, measured: 5 } as const;
const folders = { simulated: 'results/figures', measured: 'reports/gallery/measured' } as const;
const variants = ['script', 'paper'];
const figures = all.filter(isOfPaper);
const names = all.map(({ name }) => name);

export const figuresCommand = (): Command =>
  new Command('figures')
    .description('Simulate and draw the paper’s figures and some more, and test what is said about them.')
    .argument('[names...]', `which of ${names.join(', ')} (default: the paper’s, which are numbers)`)
    .option('--replications <number>', `runs per point (default: ${replicationsOf.paper}, as in the paper)`)
    .option('--quick', `a thinner grid with ${replicationsOf.quick} runs per point`)
    .option('--jobs <number>', 'runs at a time (default: one per core)')
    .option('--seed <number>', 'what all chance grows from', '1')
    .option('--variant <name>', 'script (RSPSIM’s, as published) or paper (as its text says)', 'script')
    .option('--resume', 'go on where figures with the same settings were interrupted')
    .option(
      '--measured',
      `measure them on real components in virtual time, at a smaller scale (${replicationsOf.measured} runs per point)`,
    )
    .option('--draw', 'with --measured: draw the tables as they are, without running anything')
    .option('--out <folder>', `where figures go (default: ${folders.simulated}, with --measured ${folders.measured})`)
    .option(...assetsOption)
    .addHelpText(
      'after',
      '\nExit codes: 0 all drawn (whether claims hold or not), 2 bad input, 3 a run came to nothing, or interrupted.',
    )
    .action(async (chosen: string[], flags: FiguresFlags) => {
      const wanted = chosen.length === 0 ? figures : figuresOf(chosen);
      const begin = realClock.now();
      if (flags.measured) return measure(wanted, flags);
      const options = optionsOf(flags);
      // Drawing needs a good deal of code, which other commands need not wait for.
      const { writeFigure, writeIndex } = await import('../../reports/figure/figure-set.js');
      const drawn: DrawnFigure[] = [];
      for (const figure of wanted) {
        const finished = await sweepOf(figure, options, flags);
        drawn.push(writeFigure(folderOf(flags), figure, finished));
        process.stdout.write(findings(drawn.at(-1)!));
      }
      const page = writeIndex(folderOf(flags), drawn, flags);
      process.stdout.write(`\n${page} after ${formatDuration(realClock.now() - begin)}\n`);
      const failed = drawn.some(({ sweep: { description } }) => description.failures.length > 0);
      process.exitCode = failed ? exitCodes.unknown : exitCodes.pass;
    });

const folderOf = ({ out, measured }: FiguresFlags): string => out ?? folders[measured ? 'measured' : 'simulated'];

/** Measures what is wanted, or takes what is there, and draws it. */
async function measure(wanted: readonly Figure[], flags: FiguresFlags): Promise<void> {
  const { measureFigures, readFigure } = await import('./measured.js');
  const options = {
    seed: seedFrom(flags.seed),
    replications:
      flags.replications === undefined ? replicationsOf.measured : countFrom('--replications', flags.replications),
    jobs: jobsFrom(flags.jobs),
    out: folderOf(flags),
    signal: untilSignal('figures'),
  };
  if (!flags.draw) await measureFigures(wanted, options);
  const { writeMeasured, writeMeasuredIndex } = await import('../../reports/figure/measured/set.js');
  const drawn: DrawnMeasured[] = [];
  for (const figure of wanted) {
    const tables = await readFigure(figure, options);
    if (!tables) continue;
    drawn.push(writeMeasured(options.out, figure, tables));
    process.stdout.write(findings(drawn.at(-1)!));
  }
  if (drawn.length === 0) throw badInput('figures --measured: expected a figure that can be measured, got a formula');
  process.stdout.write(`\n${writeMeasuredIndex(options.out, drawn, flags)}\n`);
  process.exitCode = drawn.some(({ unknown }) => unknown > 0) ? exitCodes.unknown : exitCodes.pass;
}

function figuresOf(chosen: readonly string[]): Figure[] {
  const unknown = chosen.find((text) => !names.includes(text));
  if (unknown !== undefined) throw badInput(`figures: expected some of ${names.join(', ')}, got '${unknown}'`);
  return all.filter(({ name }) => chosen.includes(name));
}

function optionsOf(flags: FiguresFlags): Omit<SweepOptions, 'restriction' | 'resume'> {
  if (!variants.includes(flags.variant)) {
    throw badInput(`--variant: expected one of ${variants.join(', ')}, got '${flags.variant}'`);
  }
  return {
    subject: simSubject,
    seed: seedFrom(flags.seed),
    replications:
      flags.replications === undefined
        ? replicationsOf[flags.quick ? 'quick' : 'paper']
        : countFrom('--replications', flags.replications),
    phases: {},
    jobs: jobsFrom(flags.jobs),
    out: join(folderOf(flags), 'sweeps'),
    clock: realClock,
    signal: untilSignal('figures'),
  };
}

async function sweepOf(
  figure: Figure,
  options: Omit<SweepOptions, 'restriction' | 'resume'>,
  { quick, variant, resume }: FiguresFlags,
): Promise<FinishedSweep> {
  const loaded = await loadShipped(figure.experiment);
  const variants = loaded.experiment.vary?.variant ? { variant: [variant] } : {};
  const restriction = { ...variants, ...figure.grid, ...(quick ? figure.quick : {}) };
  const progress = new SweepProgress(nameOfFigure(figure), process.stderr);
  const onProgress = (state: Parameters<SweepProgress['update']>[0]) => progress.update(state);
  const perform = (folder: string | null) =>
    sweep(loaded, { ...options, restriction, resume: folder, onProgress })
      .finally(() => progress.end())
      .catch((error: unknown) => {
        if (codeOf(error) !== 'interrupted') throw error;
        throw interrupted('The figures were ended; the same command with --resume goes on where they were');
      });
  const before = resume ? earlier(options.out, loaded) : null;
  if (before === null) return perform(null);
  // What was begun with other settings is left alone.
  return perform(before).catch((error: unknown) => {
    if (codeOf(error) !== 'bad-input') throw error;
    return perform(null);
  });
}

function earlier(out: string, { experiment }: LoadedExperiment): string | null {
  try {
    return latestSweep(out, experiment.name);
  } catch {
    return null;
  }
}

const findings = ({ figure, claims }: Pick<DrawnFigure, 'figure' | 'claims'>): string =>
  [headingOf(figure), ...claims.map(({ text, finding }) => `  ${finding.verdict.padEnd(15)} ${text}`), ''].join('\n');
