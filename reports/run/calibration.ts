/** What is known of the instruments that a run was measured with, and whether the lab had the time that it needed. */
import { formatDate, formatInterval, formatQuantity, verdictWords } from '../../harness/calibrate/format.js';
import type { CalibrationLine, CalibrationQuote } from '../../harness/result/calibration.js';
import type { Summary } from '../../harness/result/summary.js';
import { tolerablyBusy } from '../../harness/run/processor.js';
import { type Content, type Html, html } from '../page/escape.js';
import { type Table, tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

/** Nothing for a simulation, which has no instruments. */
export function instrumentSection({ summary, plan }: RunFiles): Content {
  if (!summary) return null;
  const { calibration, load, on } = summary;
  return [
    ...(calibration ? [calibrationMarkup(on, calibration, plan.experiment)] : []),
    ...(load ? [loadMarkup(load)] : []),
  ];
}

function calibrationMarkup(lab: string, { command, quoted }: CalibrationQuote, experiment: string): Content {
  if (!quoted) {
    return html`<p class="note">This lab, <b>${lab}</b>, was never calibrated on this machine as it was during the run: how exact its delays, faults and clock are is not known. <code>${command}</code> finds out.</p>`;
  }
  const { date, form, hash, outside, lines } = quoted;
  const judged =
    outside.length === 0
      ? 'everything was within its tolerance'
      : `not shown to be within its tolerance: ${outside.join('; ')}`;
  return [
    html`<p>The lab <b>${lab}</b> was calibrated on this machine on ${formatDate(date)} (${form} form, fingerprint <code>${hash}</code>); ${judged}. <code>${command}</code> does it again.</p>`,
    tableMarkup(lineTable(lines, experiment)),
  ];
}

const lineTable = (lines: readonly CalibrationLine[], experiment: string): Table<CalibrationLine> => ({
  id: 'calibration',
  file: `${experiment}-calibration`,
  caption: 'What is asked of the lab beside what it does; intervals are 95 %.',
  rows: lines,
  columns: [
    { key: 'instrument', label: 'instrument', unit: 'text', value: ({ what }) => what },
    quantity('asked', 'asked', ({ asked }) => asked),
    quantity('measured', 'measured', ({ measured }) => measured),
    { key: 'low', label: 'low', unit: 'number', value: ({ low }) => low, csvOnly: true },
    { key: 'high', label: 'high', unit: 'number', value: ({ high }) => high, csvOnly: true },
    {
      ...{ key: 'interval', label: 'interval', unit: 'text' as const },
      value: formatInterval,
    },
    { key: 'n', label: 'n', unit: 'count', value: ({ n }) => n },
    quantity('tolerance', 'tolerated', ({ tolerance }) => tolerance),
    { key: 'unit', label: 'unit', unit: 'text', value: ({ unit }) => unit, csvOnly: true },
    { key: 'verdict', label: 'verdict', unit: 'text', value: ({ verdict }) => verdictWords[verdict] },
  ],
});

/** A number in its line's own unit. */
const quantity = (
  key: string,
  label: string,
  value: (line: CalibrationLine) => number | null,
): Table<CalibrationLine>['columns'][number] => ({
  ...{ key, label, unit: 'number', value },
  show: (line) => formatQuantity(value(line), line.unit),
});

function loadMarkup({ seconds, busy, waited, stolen }: NonNullable<Summary['load']>): Html {
  // In virtual time nobody else can take anything away.
  if (stolen === null)
    return html`<p>While the run measured, ${seconds} s in all, the virtual processor was busy ${busy} % of the time. Above ${tolerablyBusy} % the run would be unknown, because then components wait for each other.</p>`;
  const used = waited === null ? 'all CPUs together were busy' : 'the lab kernel used its CPU';
  const queued = waited === null ? '' : ` and waited for it ${waited} % of the time while others used it`;
  return html`<p>While the run measured, ${seconds} s in all, ${used} ${busy} % of the time${queued}; the machine’s hypervisor withheld ${stolen} % (steal).</p>`;
}
