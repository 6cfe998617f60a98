/** The tables of a run: what was asked for, what stalled, what was broken on purpose, what was judged. */
import { formatDuration } from '../../harness/base/units.js';
import type { FailoverRow, RequestRow } from '../../harness/result/rows.js';
import type { CheckResult } from '../../harness/result/summary.js';
import { html } from '../page/escape.js';
import type { Column, Table } from '../page/table.js';
import type { RunFiles } from './read.js';
import { type FaultMark, faultMarks } from './segments.js';

/** A column for each of some keys, with its unit in the key. */
const column = <Row>(
  key: string,
  label: string,
  unit: Column<Row>['unit'],
  value: Column<Row>['value'],
): Column<Row> => ({ key, label, unit, value });

/** A column that says what of the rows is not certain; none when all is. */
const uncertainty = <Row extends RequestRow | FailoverRow>(rows: readonly Row[]): Column<Row>[] =>
  rows.some((row) => row.uncertain != null)
    ? [column('uncertain', 'uncertain, because', 'text', (row) => row.uncertain ?? null)]
    : [];

export const requestTable = (run: RunFiles): Table<RequestRow> => ({
  id: 'requests',
  file: `${run.plan.experiment}-requests`,
  caption: 'Requests; times in seconds since the run began. What never happened is –.',
  source: 'requests.csv',
  empty: 'No request was seen.',
  rows: run.requests,
  columns: [
    column('user', 'user', 'text', (row) => row.user),
    column('id', 'request', 'count', (row) => row.id),
    column('state', 'state', 'text', (row) => row.state),
    column('size_calculations', 'size', 'number', (row) => row.size),
    column('queued_at_s', 'queued at', 'time', (row) => row.queuedAt),
    column('started_at_s', 'started at', 'time', (row) => row.startedAt),
    column('accepted_at_s', 'accepted at', 'time', (row) => row.acceptedAt),
    column('completed_at_s', 'completed at', 'time', (row) => row.completedAt),
    column('handling_time_s', 'handling time', 'span', (row) => row.handlingTime),
    column('handling_speed_calculations_per_s', 'handling speed', 'number', (row) => row.handlingSpeed),
    column('failovers', 'failovers', 'count', (row) => row.failovers),
    column('element', 'element', 'text', (row) => row.element),
    ...uncertainty<RequestRow>(run.requests),
  ],
});

export const failoverTable = (run: RunFiles): Table<FailoverRow> => ({
  id: 'failovers',
  file: `${run.plan.experiment}-failovers`,
  caption: 'Failovers; – where a stage was never reached or never seen.',
  source: 'failovers.csv',
  empty: 'No failover: no fault stalled a request.',
  rows: run.failovers,
  columns: [
    column('user', 'user', 'text', (row) => row.user),
    column('request', 'request', 'count', (row) => row.requestId),
    column('old_element', 'from', 'text', (row) => row.oldElement),
    column('new_element', 'to', 'text', (row) => row.newElement ?? 'nobody'),
    column('fault', 'fault', 'text', (row) => row.faultKind ?? 'none known'),
    column('phase', 'request was', 'text', (row) => row.phase),
    column('fault_at_s', 'fault at', 'time', (row) => row.faultAt),
    {
      ...column<FailoverRow>('delay_s', 'delay', 'span', (row) => row.delay),
      show: (row) =>
        row.delay === null ? (row.resumedAt === null ? 'never resumed' : '–') : formatDuration(row.delay),
    },
    column('detection_s', 'detection', 'span', (row) => row.detection),
    column('selection_s', 'selection', 'span', (row) => row.selection),
    column('connection_s', 'connection', 'span', (row) => row.connection),
    column('resumption_s', 'resumption', 'span', (row) => row.resumption),
    column(
      'repeated_calculations',
      'calculations repeated',
      'number',
      (row) => row.repeatedCalculations && Math.round(row.repeatedCalculations),
    ),
    ...uncertainty<FailoverRow>(run.failovers),
  ],
});

export const faultTable = (run: RunFiles): Table<FaultMark> => ({
  id: 'faults',
  file: `${run.plan.experiment}-faults`,
  caption: 'Faults, when they were meant to strike and when they did; times in seconds since the run began.',
  source: 'events.ndjson',
  empty: 'No fault was injected.',
  rows: faultMarks(run),
  columns: [
    column('kind', 'fault', 'text', (fault) => fault.kind),
    column('host', 'host', 'text', (fault) => fault.host),
    column('network', 'network', 'text', (fault) => fault.network ?? 'all'),
    column('intended_at_s', 'intended at', 'time', (fault) => fault.intendedAt),
    column('injected_at_s', 'injected at', 'time', (fault) => fault.injectedAt),
    column('late_s', 'late by', 'span', (fault) => Math.max(0, fault.injectedAt - fault.intendedAt)),
    {
      ...column<FaultMark>('healed_at_s', 'healed at', 'time', (fault) => fault.healedAt),
      show: (fault) => fault.healedAt?.toFixed(3) ?? 'not healed',
    },
    column('evidence', 'evidence that it took effect', 'text', (fault) => fault.evidence ?? 'none'),
  ],
});

export const checkTable = (run: RunFiles): Table<CheckResult> => ({
  id: 'checks',
  file: `${run.plan.experiment}-checks`,
  caption: 'What the experiment demands, and what came of it.',
  empty: 'The experiment demands nothing: the run passes if it comes to its end.',
  rows: run.summary?.checks ?? [],
  columns: [
    column('check', 'check', 'text', (check) => check.name),
    {
      ...column<CheckResult>('verdict', 'verdict', 'text', (check) => check.verdict),
      show: ({ verdict }) => html`<span class="is-${verdict}">${verdict}</span>`,
    },
    column('detail', 'detail', 'text', (check) => check.detail),
  ],
});
