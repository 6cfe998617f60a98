import { join } from 'node:path';
import { Command } from 'commander';
import { type FindingTable, findings } from '../../reports/findings/finding.js';
import { badInput } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import { virtualSubject } from '../run/virtual-subject.js';
import { cameToNothing, readTable } from '../sweep/grow.js';
import { exitCodes } from './exit.js';
import { growTold, loadShipped } from './grow.js';
import { countFrom, jobsFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';

interface FindingsFlags {
  replications: string;
  jobs?: string;
  seed: string;
  draw?: boolean;
  out: string;
}

export const findingsCommand = (): Command =>
  new Command('findings')
    .description('Measure again what rsplab found out about RSPLIB, in virtual time, and make its tables.')
    .argument('[names...]', `which of ${findings.map(({ name }) => name).join(', ')} (default: all)`)
    .option('--replications <number>', 'runs per row of a table', '20')
    .option('--jobs <number>', 'runs at a time (default: one per core)')
    .option('--seed <number>', 'what all chance grows from', '1')
    .option('--draw', 'make the tables of the runs that are there, without running anything')
    .option('--out <folder>', 'where tables go', 'reports/gallery/findings')
    .addHelpText('after', help)
    .action(findingsAction);

const help = `
Examples:
  rsplab findings cookie-echo
  rsplab findings --draw
  rsplab reproduce reports/gallery/findings/cookie-echo-runs.csv --sample 2

Results: NAME-runs.csv (a row per run, with the command that makes it again) and findings.md. Only runs that are not in
the table yet are made, so a command that was ended goes on where it was.

Exit codes: 0 all runs finished, 2 bad input, 3 a run came to nothing, or interrupted.`;

async function findingsAction(names: string[], flags: FindingsFlags): Promise<void> {
  const wanted = names.length === 0 ? findings : names.map(findingOf);
  const signal = untilSignal('findings');
  const texts: string[] = [];
  let isWhole = true;
  // Drawing needs code that other commands need not wait for.
  const { findingRows, markdownTable } = await import('../../reports/findings/table.js');
  for (const finding of wanted) {
    const table = await tableOf(finding, flags, signal);
    if (flags.draw && table.records.length === 0) continue;
    isWhole &&= !table.records.some(cameToNothing);
    texts.push(`## ${finding.title}\n\n${markdownTable(findingRows(finding, table))}\n`);
    process.stdout.write(texts.at(-1)!);
  }
  if (names.length === 0) writeWhole(join(flags.out, 'findings.md'), `${heading}${texts.join('')}`);
  process.exitCode = isWhole ? exitCodes.pass : exitCodes.unknown;
}

const heading = `# Findings, measured

Real components in virtual time; means over independent runs with 95 % intervals. Made by \`rsplab findings\`; each
row of the \`…-runs.csv\` beside it can be had again with \`rsplab reproduce\`.

`;

function findingOf(name: string): FindingTable {
  const found = findings.find((each) => each.name === name);
  if (found) return found;
  throw badInput(`findings: expected some of ${findings.map((each) => each.name).join(', ')}, got '${name}'`);
}

async function tableOf({ name, experiment, grid }: FindingTable, flags: FindingsFlags, signal: AbortSignal) {
  const loaded = await loadShipped(experiment);
  const options = {
    ...{ subject: virtualSubject, seed: seedFrom(flags.seed), restriction: grid, phases: {} },
    ...{ replications: countFrom('--replications', flags.replications), table: join(flags.out, `${name}-runs.csv`) },
  };
  if (flags.draw) return readTable(loaded, options);
  return growTold(name, loaded, { ...options, signal, jobs: jobsFrom(flags.jobs) });
}
