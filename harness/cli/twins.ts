import { join } from 'node:path';
import { Command } from 'commander';
import { type Twin, twins } from '../../reports/twins/twin.js';
import { badInput } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import { gridOf } from '../experiment/plan.js';
import { virtualSubject } from '../run/virtual-subject.js';
import { readTable } from '../sweep/grow.js';
import { exitCodes } from './exit.js';
import { growTold, loadShipped } from './grow.js';
import { countFrom, jobsFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';

interface TwinsFlags {
  replications: string;
  jobs?: string;
  seed: string;
  draw?: boolean;
  out: string;
}

export const twinsCommand = (): Command =>
  new Command('twins')
    .description('Measure each experiment that comes with rsplab, and hold every number against its prediction.')
    .argument('[experiments...]', 'which (default: all but the paper’s figures, which have tables of their own)')
    .option('--replications <number>', 'runs of each', '3')
    .option('--jobs <number>', 'runs at a time (default: one per core)')
    .option('--seed <number>', 'what all chance grows from', '1')
    .option('--draw', 'make the tables of the runs that are there, without running anything')
    .option('--out <folder>', 'where tables go', 'reports/gallery/twins')
    .addHelpText('after', help)
    .action(twinsAction);

const help = `
Examples:
  rsplab twins
  rsplab twins web-kill web-power-off --replications 5
  rsplab twins --draw

Results: EXPERIMENT-runs.csv (a row per run, with the command that makes it again), twins.md and twins.csv. Each
experiment runs on virtual at the first point of its grid. Only runs that are not in the table yet are made, so a
command that was ended goes on where it was.

Exit codes: 0 all runs finished, 2 bad input, 3 interrupted.`;

async function twinsAction(chosen: string[], flags: TwinsFlags): Promise<void> {
  const wanted = chosen.length === 0 ? twins : chosen.map(twinOf);
  const signal = untilSignal('twins');
  if (!flags.draw) for (const twin of wanted) await measure(twin, flags, signal);
  const { twinCsv, twinOverview, twinSection, twinTable } = await import('../../reports/twins/table.js');
  const tables = [];
  for (const twin of wanted) {
    const { loaded, options } = await tableOf(twin, flags);
    const table = readTable(loaded, options);
    if (table.records.length > 0) tables.push(twinTable(twin, table));
  }
  const sections = tables.map(twinSection).join('');
  process.stdout.write(chosen.length === 0 ? `${twinOverview(tables)}\n` : sections);
  if (chosen.length === 0) {
    writeWhole(join(flags.out, 'twins.md'), `${heading}${twinOverview(tables)}\n${sections}`);
    writeWhole(join(flags.out, 'twins.csv'), twinCsv(tables));
  }
  process.exitCode = exitCodes.pass;
}

const heading = `# Predicted twins

Every number that each experiment measures, at the first point of its grid, beside what the deployment's model predicts
for it: by the protocols, and with what RSPLIB is known to do beside them (*with quirks*). Real components in virtual
time; means over independent runs with 95 % intervals. A verdict is by the nearer of both predictions; *no twin* is what
only a laboratory counts. Made by \`rsplab twins\`; each row of the \`…-runs.csv\` can be had again with
\`rsplab reproduce\`.

`;

function twinOf(name: string): Twin {
  const found = twins.find(({ experiment }) => experiment === name);
  if (found) return found;
  throw badInput(`twins: expected some of ${twins.map(({ experiment }) => experiment).join(', ')}, got '${name}'`);
}

async function measure(twin: Twin, flags: TwinsFlags, signal: AbortSignal): Promise<void> {
  const { loaded, options } = await tableOf(twin, flags);
  await growTold(twin.experiment, loaded, { ...options, signal, jobs: jobsFrom(flags.jobs) });
}

async function tableOf({ experiment, point, phases }: Twin, flags: TwinsFlags) {
  const loaded = await loadShipped(experiment);
  const restriction = { ...firstOf(gridOf(loaded.experiment)[0] ?? {}), ...point };
  return {
    loaded,
    options: {
      ...{ subject: virtualSubject, seed: seedFrom(flags.seed), restriction, phases },
      ...{
        replications: countFrom('--replications', flags.replications),
        table: join(flags.out, `${experiment}-runs.csv`),
      },
    },
  };
}

const firstOf = (point: Readonly<Record<string, string | number | boolean>>) =>
  Object.fromEntries(Object.entries(point).map(([name, value]) => [name, [value]]));
