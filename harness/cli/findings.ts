import { join } from 'node:path';
import { Command } from 'commander';
import { type FindingTable, findings } from '../../reports/findings/finding.js';
import { badInput } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import { cameToNothing } from '../sweep/grow.js';
import { exitCodes } from './exit.js';
import { type GrowFlags, loadShipped, tableOf, withGrowOptions } from './grow.js';
import { countFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';

export const findingsCommand = (): Command =>
  withGrowOptions(
    new Command('findings')
      .description('Measure again what rsplab found out about RSPLIB and state sharing, and make its tables.')
      .argument('[names...]', `which of ${names.join(', ')} (default: all)`),
    ['runs per row of a table', '20'],
    'reports/gallery/findings',
  )
    .addHelpText('after', help)
    .action(findingsAction);

/** The one that no lab measures. */
const simulated = 'state-sharing';
const names = [...findings.map(({ name }) => name), simulated];

const help = `
Examples:
  rsplab findings cookie-echo
  rsplab findings state-sharing
  rsplab findings --draw
  rsplab reproduce reports/gallery/findings/cookie-echo-runs.csv --sample 2

Results: NAME-runs.csv (a row per run, with the command that makes it again) and findings.md. Only runs that are not in
the table yet are made, so a command that was ended goes on where it was. state-sharing is simulated in a few minutes,
always as a whole, and has a page of its own.

Exit codes: 0 all runs finished, 2 bad input, 3 a run came to nothing, or interrupted.`;

async function findingsAction(chosen: string[], flags: GrowFlags): Promise<void> {
  const measured = chosen.filter((name) => name !== simulated);
  const wanted = chosen.length === 0 ? findings : measured.map(findingOf);
  const signal = untilSignal('findings');
  const texts: string[] = [];
  let isWhole = true;
  // Drawing needs code that other commands need not wait for.
  const { findingRows, markdownTable } = await import('../../reports/findings/table.js');
  for (const finding of wanted) {
    const { name, experiment, grid: restriction } = finding;
    const table = await tableOf(name, await loadShipped(experiment), { restriction, phases: {} }, flags, signal);
    if (flags.draw && table.records.length === 0) continue;
    isWhole &&= !table.records.some(cameToNothing);
    texts.push(`## ${finding.title}\n\n${markdownTable(findingRows(finding, table))}\n`);
    process.stdout.write(texts.at(-1)!);
  }
  if (chosen.length === 0 || chosen.includes(simulated)) {
    const { stateSharing } = await import('./state-sharing.js');
    const options = { replications: countFrom('--replications', flags.replications), seed: seedFrom(flags.seed) };
    process.stdout.write(await stateSharing({ ...options, draw: flags.draw ?? false, out: flags.out, signal }));
  }
  if (chosen.length === 0) writeWhole(join(flags.out, 'findings.md'), `${heading}${texts.join('')}`);
  process.exitCode = isWhole ? exitCodes.pass : exitCodes.unknown;
}

const heading = `# Findings, measured

Real components in virtual time; means over independent runs with 95 % intervals. Made by \`rsplab findings\`; each
row of the \`…-runs.csv\` beside it can be had again with \`rsplab reproduce\`.

`;

function findingOf(name: string): FindingTable {
  const found = findings.find((each) => each.name === name);
  if (found) return found;
  throw badInput(`findings: expected some of ${names.join(', ')}, got '${name}'`);
}
