/**
 * State sharing for audio on demand (the paper, section 5.2.2): what full cookies, state splitting and derivation cost,
 * and what they save, beside Equation (1) and Figure 14. Simulated sessions, real cookies.
 */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Damage } from '../../harness/audio/damage.js';
import { expectedOf } from '../../harness/audio/expected.js';
import { type Numbers, numberNames } from '../../harness/audio/numbers.js';
import { runAudio } from '../../harness/audio/run.js';
import {
  elements,
  frameLoss,
  keepAlive,
  listeners,
  meanTitle,
  networkDelay,
  type Strategy,
} from '../../harness/audio/scenario.js';
import { formatDuration } from '../../harness/base/units.js';
import { meanOfRuns } from '../../harness/sweep/table.js';
import { markdownTable, withInterval } from './table.js';

export interface StatePoint {
  readonly strategy: Strategy;
  /** Of an element, in average titles. */
  readonly mtbf: number;
  /** What Equation (1) is asked for; null where no cookie is made after the first. */
  readonly goodput: number | null;
  readonly credentialsBytes: number;
  readonly damage: Damage | null;
}

export interface StateRun {
  readonly point: StatePoint;
  readonly replication: number;
  readonly seed: number;
  readonly numbers: Numbers;
}

const mtbfs = [1, 10] as const;
const goodputs = [0.9, 0.98, 0.995] as const;
const sizes = [64, 2048] as const;
const damages = ['tampered', 'truncated', 'foreign', 'replayed'] as const;

export const statePoints: readonly StatePoint[] = [
  ...mtbfs.flatMap((mtbf) =>
    sizes.flatMap((credentialsBytes) => {
      const common = { mtbf, credentialsBytes, damage: null };
      const asked = (['full', 'splitting'] as const).flatMap((strategy) =>
        goodputs.map((goodput) => ({ ...common, strategy, goodput })),
      );
      return [...asked, { ...common, strategy: 'derivation' as const, goodput: null }];
    }),
  ),
  ...damages.map((damage) => ({
    ...{ strategy: 'splitting' as const, mtbf: 1, goodput: 0.98, credentialsBytes: 64 },
    damage,
  })),
];

/** Failures of an element in a run: so many that a run has some sixty failovers. */
const failures = 7.5;
/** Seconds between cookies that nobody needs: the element still asks itself whether one is. */
const idleInterval = 10;

export function stateRun(point: StatePoint, replication: number, seed: number): StateRun {
  const { mtbf, goodput, strategy, credentialsBytes, damage } = point;
  const cookieInterval = goodput === null ? idleInterval : expectedOf({ mtbf, goodput }).cookieInterval;
  const times = { cookieInterval, mtbf: mtbf * meanTitle, seconds: failures * mtbf * meanTitle };
  const numbers = runAudio({ ...times, strategy, credentialsBytes, seed, ...(damage ? { damage } : {}) });
  return { point, replication, seed, numbers };
}

const pointHeads = ['strategy', 'mtbf_titles', 'goodput_asked', 'credentials_bytes', 'damage'] as const;
const pointTexts = ({ strategy, mtbf, goodput, credentialsBytes, damage }: StatePoint): string[] =>
  [strategy, mtbf, goodput ?? '', credentialsBytes, damage ?? ''].map(String);

/** A row per run; the same seed gives the same rows. */
export function stateTable(runs: readonly StateRun[]): string {
  const rows = runs.map(({ point, replication, seed, numbers }) => [
    ...[...pointTexts(point), replication, seed],
    ...numberNames.map((name) => numbers[name]),
  ]);
  return stringify([[...pointHeads, 'replication', 'seed', ...numberNames], ...rows]);
}

/** Reads what {@link stateTable} wrote; rows of points that are not of today are left out. */
export function readStateTable(text: string): StateRun[] {
  const records: Record<string, string>[] = parse(text, { columns: true });
  return records.flatMap((record) => {
    const told = pointHeads.map((head) => record[head]).join();
    const point = statePoints.find((each) => pointTexts(each).join() === told);
    const numbers = Object.fromEntries(numberNames.map((name) => [name, Number(record[name])])) as Numbers;
    return point ? [{ point, replication: Number(record.replication), seed: Number(record.seed), numbers }] : [];
  });
}

type Column = readonly [label: string, cell: (point: StatePoint, runs: readonly Numbers[]) => string];

const measured =
  (unit: 's' | 'count' | 'percent', of: (numbers: Numbers) => number) =>
  (_: StatePoint, runs: readonly Numbers[]): string =>
    withInterval(meanOfRuns(runs.map(of)), unit);

/** Average titles that were heard, each second once. */
const titles = ({ sent_s, heard_twice_s }: Numbers): number => (sent_s - heard_twice_s) / meanTitle;
const cookies = ({ full_cookies, partial_cookies }: Numbers): number => full_cookies + partial_cookies;
const expected = ({ mtbf, goodput }: StatePoint) => (goodput === null ? null : expectedOf({ mtbf, goodput }));

const heardColumns: readonly Column[] = [
  ['heard twice per failover', measured('s', (it) => it.heard_twice_s / it.failovers)],
  ['missed per failover', measured('s', (it) => it.missed_s / it.failovers)],
];

const costColumns: readonly Column[] = [
  ['strategy', ({ strategy }) => strategy],
  ['MTBF [titles]', ({ mtbf }) => String(mtbf)],
  ['goodput asked [%]', ({ goodput }) => (goodput === null ? '–' : String(100 * goodput))],
  ['cookie interval', (point) => formatDuration(expected(point)?.cookieInterval ?? Number.NaN)],
  ['credentials [bytes]', ({ credentialsBytes }) => String(credentialsBytes)],
  ['runs', (_, runs) => String(runs.length)],
  ['cookies per title', measured('count', (it) => cookies(it) / titles(it))],
  ['by Figure 14', (point) => String(Number(expected(point)?.cookiesPerTitle.toPrecision(3) ?? Number.NaN))],
  ['bytes per cookie', measured('count', (it) => it.cookie_bytes / cookies(it))],
  ['state on the wire per title [bytes]', measured('count', (it) => it.state_bytes_on_wire / titles(it))],
  ['of the stream [%]', measured('count', (it) => (100 * it.state_bytes_on_wire) / it.media_bytes_on_wire)],
  ...heardColumns.slice(0, 1),
  ['by Equation (1)', (point) => formatDuration(expected(point)?.heardTwice ?? Number.NaN)],
  ...heardColumns.slice(1),
  ['goodput [%]', measured('count', (it) => 100 * (1 - it.heard_twice_s / it.sent_s))],
];

const damageColumns: readonly Column[] = [
  ['every echo is', ({ damage }) => damage!],
  ['runs', (_, runs) => String(runs.length)],
  ['echoes', measured('count', ({ echoes }) => echoes)],
  ['refused', measured('count', ({ refused }) => refused)],
  ...heardColumns,
];

const isWhole = ({ damage }: StatePoint): boolean => damage === null;

/** @returns heads and rows, of the costs and of what bad echoes do */
export const costRows = (runs: readonly StateRun[]): string[][] => rowsOf(costColumns, runs, isWhole);
export const damageRows = (runs: readonly StateRun[]): string[][] =>
  rowsOf(damageColumns, runs, (point) => !isWhole(point));

function rowsOf(columns: readonly Column[], runs: readonly StateRun[], wanted: (point: StatePoint) => boolean) {
  const rows = statePoints.filter(wanted).map((point) => {
    const numbers = runs.filter((run) => run.point === point).map((run) => run.numbers);
    return columns.map(([, cell]) => cell(point, numbers).replace('NaN', '–'));
  });
  return [columns.map(([label]) => label), ...rows];
}

/** The page beside the table. */
export const statePage = (runs: readonly StateRun[]): string => `# State sharing for audio on demand

The example of the paper’s section 5.2.2: credentials are private, the title is immutable, the position is public and in
each frame of the stream. Made by \`rsplab findings state-sharing\`; means over independent runs with 95 % intervals. The
same seed gives the same numbers.

- **Real:** schema, cookies, echoes, encryption and signatures are those of the library that elements and users link
  (\`harness/pool/state/\`); their bytes were counted as they were made, and the position is read from RTP headers.
- **Simulated:** clock, failures, network and listeners. ${elements} elements fail at exponential times and are back at once;
  ${listeners} listeners hear titles of ${meanTitle} s on average, one after the other. One way takes ${1e3 * networkDelay} ms; ${100 * frameLoss} % of the
  frames are lost, cookies are not. Session keep-alives of ${keepAlive.interval} s / ${keepAlive.timeout} s find a failure.
- **Computed:** headers on the wire (IPv4, SCTP, ASAP; each message alone in its packets, SACKs not counted); the stream
  is G.711 over RTP, UDP and IPv4.

Equation (1) says how far apart cookies are for the goodput that is asked, and that half of that is heard twice after
a failure; Figure 14 says how many cookies that is per request, here an average title.

${markdownTable(costRows(runs))}
Counted are about half a cookie more than Figure 14 has, and more where failures make sessions begin again: each session
starts with a full one. Where cookies are further apart than titles are long, less is heard twice than Equation (1)
expects: no title has played for so long. Something would be missed only if the last frames before a cookie were lost
and the element failed right after it.

## What bad echoes do

State splitting, an MTBF of one title, a goodput of 98 % asked, credentials of 64 bytes; somebody changes or exchanges
each echo on its way. What is refused begins again. A session’s first echo that is replayed into the same session is
believed: a new element knows no counter of it, so only a cookie’s age bounds how far back it takes a session. An element
that knows the session refuses what is older than it allows.

${markdownTable(damageRows(runs))}`;
