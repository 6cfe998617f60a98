import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput, interrupted, labBroken } from '../base/errors.js';
import { randomFrom } from '../base/random.js';
import { wordsOf } from '../base/shell.js';
import type { Plan } from '../experiment/plan.js';
import { readPrograms } from '../pool/build/programs.js';
import { buildFor } from '../run/build.js';
import { run } from '../run/run.js';
import type { Subject } from '../run/subject.js';
import { holdAgainst, type Reproduced, readRuns, type TableRow } from '../sweep/reproduce.js';
import { valuesOfFinished } from '../sweep/runner.js';
import { simulateRun } from '../sweep/simulated.js';
import { exitCodes } from './exit.js';
import { plain } from './plain.js';
import { planOf } from './run.js';
import { countFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';

interface ReproduceFlags {
  row?: string;
  sample?: string;
  seed?: string;
  out: string;
  json?: boolean;
}

export const reproduceCommand = (): Command =>
  new Command('reproduce')
    .description('Make rows of a table again, and hold them against what it says, digit by digit.')
    .argument('<table>', 'runs.csv of a sweep in the simulator or in virtual time')
    .option('--row <number>', 'only this row; the first one is 1')
    .option('--sample <number>', 'only so many rows, drawn at random')
    .option('--seed <number>', 'what the draw grows from (default: chance)')
    .option('--out <folder>', 'where the runs’ results go', 'results')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', help)
    .action(reproduceAction);

const help = `
Examples:
  rsplab reproduce results/sweeps/element-kill/ID/runs.csv --row 3
  rsplab reproduce runs.csv --sample 5

Each row has the command that makes it and, in virtual time, the fingerprint of all that can change its result. With
the same fingerprint a row is the same to the digit. With another one it may differ; that is told.

Exit codes: 0 all rows are identical, 1 a row differs and nothing explains it, 2 bad input, 3 a row differs, and so does
its fingerprint.`;

async function reproduceAction(file: string, flags: ReproduceFlags): Promise<void> {
  const rows = chosen(readRuns(file), file, flags);
  const orders = [];
  for (const row of rows) orders.push({ row, ...(await orderOf(row)) });
  const signal = untilSignal('reproduction');
  const results: Reproduced[] = [];
  for (const order of orders) {
    process.stderr.write(`row ${order.row.number}, ${results.length + 1} of ${orders.length}: ${order.row.command}\n`);
    results.push(await reproduce(order, flags.out, signal));
    if (signal.aborted)
      throw interrupted(`The reproduction was ended after ${results.length} of ${orders.length} rows`);
  }
  process.stdout.write(flags.json ? `${JSON.stringify(results, null, 2)}\n` : `${tableOf(results)}\n`);
  const outcomes = results.map(({ outcome }) => outcome);
  if (outcomes.includes('different')) process.exitCode = exitCodes.fail;
  else process.exitCode = outcomes.includes('explained') ? exitCodes.unknown : exitCodes.pass;
}

function chosen(rows: readonly TableRow[], file: string, { row, sample, seed }: ReproduceFlags): readonly TableRow[] {
  if (row !== undefined && sample !== undefined) throw badInput('reproduce: expected --row or --sample, got both');
  if (rows.length === 0) throw badInput(`${file}: expected a row at least, got none`);
  if (row !== undefined) {
    const found = rows[countFrom('--row', row) - 1];
    if (!found) throw badInput(`--row: expected one of 1 to ${rows.length}, got ${row}`);
    return [found];
  }
  if (sample === undefined) return rows;
  const random = randomFrom(seed === undefined ? randomInt(2 ** 47) : seedFrom(seed), 'rows');
  const left = [...rows];
  const drawn: TableRow[] = [];
  while (left.length > 0 && drawn.length < countFrom('--sample', sample)) {
    drawn.push(...left.splice(random.below(left.length), 1));
  }
  return drawn.sort((a, b) => a.number - b.number);
}

interface Order {
  readonly row: TableRow;
  readonly plan: Plan;
  readonly subject: Subject;
  readonly programs: readonly string[];
}

/** From a row's command to what it does, as `rsplab run` would read it. */
async function orderOf({ command, number }: TableRow): Promise<Omit<Order, 'row'>> {
  const [program, verb, ...words] = wordsOf(command);
  if (program !== 'rsplab' || verb !== 'run') {
    throw badInput(`row ${number}: expected a command of rsplab run, got ${command}`);
  }
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { positionals, values } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { on: text, seed: text, set: list, with: list, 'ns-per-instruction': text },
  });
  const subject = await chooseSubject(values.on);
  if (subject.clock === 'real') {
    throw badInput(
      `row ${number}: expected a run of sim or virtual, which can be made again, got one of ${subject.name}`,
    );
  }
  const [file = ''] = positionals;
  const { seed, set, 'ns-per-instruction': slow } = values;
  const flags = { set, ...(seed !== undefined && { seed }), ...(slow !== undefined && { nsPerInstruction: slow }) };
  return { plan: await planOf(file, flags), subject, programs: values.with };
}

async function reproduce(
  { row, plan, subject, programs }: Order,
  out: string,
  signal: AbortSignal,
): Promise<Reproduced> {
  if (subject.clock === 'simulated') return holdAgainst(row, simulateRun(plan).values, null);
  const build = await buildFor(readPrograms('--with', programs), subject);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const finished = await run(plan, subject, { out, clock: realClock, signal, build, say });
  const { summary, folder } = finished;
  if (summary.reasons.length > 0) throw labBroken(`row ${row.number}: ${summary.reasons[0]} (${folder})`);
  return holdAgainst(row, valuesOfFinished(plan, finished), summary.machine?.fingerprint ?? null);
}

function tableOf(results: readonly Reproduced[]): string {
  const table = new Table({ ...plain, head: ['row', 'outcome', 'what differs'] });
  for (const { row, fingerprint, outcome, differences } of results) {
    const shown = differences.slice(0, 3).map(({ column, table: was, again }) => `${column}: ${was}, now ${again}`);
    const rest = differences.length > shown.length ? [`and ${differences.length - shown.length} more`] : [];
    const why =
      outcome === 'explained' ? [`fingerprint: ${row.fingerprint ?? 'none'}, now ${fingerprint ?? 'none'}`] : [];
    table.push([row.number, words[outcome], [...why, ...shown, ...rest].join('\n') || '–']);
  }
  return table.toString();
}

const words: Readonly<Record<Reproduced['outcome'], string>> = {
  identical: 'identical',
  explained: 'differs, made by another version',
  different: 'DIFFERS',
};
