import { join } from 'node:path';
import { Command } from 'commander';
import { type Twin, twins } from '../../reports/twins/twin.js';
import { badInput } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import type { LoadedExperiment } from '../experiment/load.js';
import { gridOf } from '../experiment/plan.js';
import type { Restriction } from '../sweep/grid.js';
import { exitCodes } from './exit.js';
import { type GrowFlags, loadShipped, tableOf, withGrowOptions } from './grow.js';
import { untilSignal } from './signal.js';

export const twinsCommand = (): Command =>
  withGrowOptions(
    new Command('twins')
      .description('Measure each experiment that comes with rsplab, and hold every number against its prediction.')
      .argument('[experiments...]', 'which (default: all but the paper’s figures, which have tables of their own)'),
    ['runs of each', '3'],
    'reports/gallery/twins',
  )
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

async function twinsAction(chosen: string[], flags: GrowFlags): Promise<void> {
  const wanted = chosen.length === 0 ? twins : chosen.map(twinOf);
  const signal = untilSignal('twins');
  const { twinCsv, twinOverview, twinSection, twinTable } = await import('../../reports/twins/table.js');
  const tables = [];
  for (const twin of wanted) {
    const { experiment, point, phases } = twin;
    const loaded = await loadShipped(experiment);
    const restriction = { ...firstPointOf(loaded), ...point };
    const table = await tableOf(experiment, loaded, { restriction, phases }, flags, signal);
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

/** Each value alone. */
const firstPointOf = ({ experiment }: LoadedExperiment): Restriction =>
  Object.fromEntries(Object.entries(gridOf(experiment)[0] ?? {}).map(([name, value]) => [name, [value]]));
