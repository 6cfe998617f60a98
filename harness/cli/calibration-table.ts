/** A calibration for a person at a terminal. */
import Table from 'cli-table3';
import { formatDuration } from '../base/units.js';
import type { Calibration, CalibrationLine, CalibrationUnit, CalibrationVerdict } from '../result/calibration.js';

const plain = { style: { head: [], border: [], compact: true } };

const verdictWords: Record<CalibrationVerdict, string> = {
  within: 'within',
  outside: 'OUTSIDE',
  undecided: 'too little data',
};

/** @param file where it is kept */
export function calibrationTable(calibration: Calibration, file: string): string {
  const { lab, form, date, seconds, lines, notes, fingerprint, verdict } = calibration;
  const table = new Table({
    ...plain,
    head: ['instrument', 'asked', 'measured', '95 % interval', 'n', 'tolerated', 'verdict'],
  });
  for (const line of lines) table.push(cells(line));
  const machine = [
    `${fingerprint.cores} × ${fingerprint.cpu}, ${fingerprint.memoryGiB} GiB`,
    `Linux ${fingerprint.hostKernel}`,
    `lab kernel ${fingerprint.labKernel}`,
  ];
  const not = lines.filter((line) => line.verdict !== 'within').map(({ what }) => what);
  return `\n${[
    `Calibration of ${lab} (${form} form, ${date.slice(0, 16).replace('T', ' ')} UTC, ${formatDuration(seconds)}) on ${machine.join(', ')}`,
    table.toString(),
    ...notes.map((note) => `Note: ${note}.`),
    `Verdict: ${verdict === 'within' ? `all ${lines.length} lines are within their tolerance` : `not shown to be within its tolerance: ${not.join('; ')}`}`,
    `Kept in: ${file}`,
  ].join('\n\n')}\n`;
}

function cells({ what, unit, asked, measured, low, high, n, tolerance, verdict }: CalibrationLine): string[] {
  const show = (value: number | null) => (value === null ? '–' : formatQuantity(value, unit));
  const interval = low === null || high === null ? '–' : `${show(low)} … ${show(high)}`;
  return [what, show(asked), show(measured), interval, String(n), `± ${show(tolerance)}`, verdictWords[verdict]];
}

/** Three to four digits and the unit that reads best. */
export function formatQuantity(value: number, unit: CalibrationUnit): string {
  switch (unit) {
    case 'seconds':
      return `${Number((value * 1e3).toPrecision(4))} ms`;
    case 'percent':
      return `${Number(value.toPrecision(3))} %`;
    case 'bitsPerSecond':
      return `${Number((value / 1e6).toPrecision(4))} Mbit/s`;
    case 'packets':
      return `${Number(value.toPrecision(3))}`;
  }
}
