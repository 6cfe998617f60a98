/**
 * `npm run test:agreement [runs] [figure …]`: every row of the reference tables, simulated with 24 seeds (or so many)
 * and compared. Writes `results/agreement/comparisons.csv`, one line per comparison with both intervals, and
 * `summary.md`; exits 1 when the two simulators disagree.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import {
  type Comparison,
  compare,
  figures,
  isOverloaded,
  type Row,
  rowsOf,
  simulateRow,
  unexplained,
} from './reference.js';

const limits = { rejectedPercent: 3, relative: 0.03 };
const parameters = [
  'figure',
  'variant',
  'policy',
  'mtbf_s',
  'cookie_interval_calcs',
  'clean_shutdown_prob',
  'session_keepalive_interval_s',
  'session_keepalive_timeout_s',
  'endpoint_keepalive_interval_s',
  'max_bad_pe_reports',
  'one_way_delay_ms',
  'request_size_calcs',
] as const;

interface Result extends Comparison {
  readonly row: Row;
  readonly overloaded: boolean;
}

const numbers = process.argv.slice(2).map(Number);
const runs = numbers[0] ?? 24;
const chosen = numbers.length > 1 ? numbers.slice(1) : [...figures];
const results = chosen.flatMap((figure) => compareFigure(figure));
const folder = 'results/agreement';
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/comparisons.csv`, stringify(results.map(lineOf), { header: true }));
const { text, agrees } = summarise(results);
writeFileSync(`${folder}/summary.md`, text);
console.log(text);
process.exitCode = agrees ? 0 : 1;

function compareFigure(figure: number): Result[] {
  const rows = rowsOf(figure);
  const found = rows.flatMap((row) => {
    const metrics = simulateRow(row, runs);
    const overloaded = isOverloaded(row, metrics);
    return compare(row, metrics).map((comparison) => ({ ...comparison, row, overloaded }));
  });
  console.error(`Figure ${figure}: ${rows.length} points with ${runs} runs each`);
  return found;
}

function lineOf({ row, metric, ours, reference, relative, p, tested, overloaded }: Result) {
  return {
    ...Object.fromEntries(parameters.map((name) => [name, row[name]])),
    metric,
    ours_mean: ours.mean,
    ours_ci95: ours.halfWidth,
    ours_runs: ours.runs,
    reference_mean: reference.mean,
    reference_ci95: reference.halfWidth,
    reference_runs: reference.runs,
    reference_interval: tested ? 'given' : 'estimated',
    relative_difference: relative,
    p,
    overloaded: overloaded ? 'yes' : 'no',
  };
}

function summarise(all: readonly Result[]): { text: string; agrees: boolean } {
  const tested = all.filter((each) => each.tested);
  const rejectedOf = (some: readonly Result[]) => some.filter(({ p }) => p < 0.01);
  const percent = (100 * rejectedOf(tested).length) / tested.length;
  const line = (name: string, some: readonly Result[]) => {
    const rejected = rejectedOf(some).length;
    return `| ${name} | ${some.length} | ${rejected} | ${((100 * rejected) / some.length).toFixed(2)} % |`;
  };
  const off = all.filter((each) => !each.overloaded && isOff(each));
  const text = [
    '# Agreement with RSPSIM',
    '',
    `${runs} seeds a point. The test of equal means at 1 % rejects ${percent.toFixed(2)} % of ${tested.length} comparisons`,
    `(at most ${limits.rejectedPercent} % are expected). With some of our own runs in the place of the reference it rejects`,
    `${falseAlarms(tested)}: that is its rate of false alarms.`,
    '',
    '| | comparisons | rejected | |',
    '| --- | --- | --- | --- |',
    ...chosen.map((figure) =>
      line(
        `figure ${figure}`,
        tested.filter(({ row }) => row.figure === String(figure)),
      ),
    ),
    ...[...new Set(tested.map(({ metric }) => metric))].map((metric) =>
      line(
        metric,
        tested.filter((each) => each.metric === metric),
      ),
    ),
    '',
    '## Rejected',
    '',
    ...rejectedOf(tested).map(describe),
    '',
    `## Off by more than ${100 * limits.relative} %, not overloaded, and not explained by the intervals`,
    '',
    ...(off.length === 0 ? ['None.'] : off.map(describe)),
    '',
  ].join('\n');
  return { text, agrees: percent <= limits.rejectedPercent && off.length === 0 };
}

/** How often the test would find a difference where there is none. */
function falseAlarms(all: readonly Result[]): string {
  const drawn = all.flatMap(({ falseP }) => falseP);
  if (drawn.length === 0) return 'nothing, for there are too few runs to draw from';
  const rejected = drawn.filter((p) => p < 0.01).length;
  return `${((100 * rejected) / drawn.length).toFixed(2)} % of ${drawn.length} draws`;
}

/** Handling speed, startup and processing time must be within the limit, as far as the runs allow saying so. */
function isOff(result: Result): boolean {
  if (!['handlingSpeedPercent', 'startupDelay', 'processingTime'].includes(result.metric)) return false;
  return unexplained(result) > limits.relative;
}

function describe({ row, metric, ours, reference, relative, p }: Result): string {
  const at = parameters.map((name) => `${name.replace(/_.*/, '')} ${row[name]}`).join(', ');
  const interval = ({ mean, halfWidth }: Comparison['ours']) => `${mean.toPrecision(5)} ± ${halfWidth.toPrecision(3)}`;
  const difference = `${(100 * relative).toFixed(1)} %, p = ${p.toPrecision(2)}`;
  return `- ${metric} ${interval(ours)}, reference ${interval(reference)} (${difference}): ${at}`;
}
