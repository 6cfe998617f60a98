/** A calibration for a person at a terminal. */
import Table from 'cli-table3';
import { formatDuration } from '../base/units.js';
import { formatDate, formatInterval, formatQuantity, verdictWords } from '../calibrate/format.js';
import type { Calibration, CalibrationQuote } from '../result/calibration.js';

const plain = { style: { head: [], border: [], compact: true } };

/** @param file where it is kept */
export function calibrationTable(calibration: Calibration, file: string): string {
  const { lab, form, date, seconds, lines, notes, fingerprint } = calibration;
  const table = new Table({
    ...plain,
    head: ['instrument', 'asked', 'measured', '95 % interval', 'n', 'tolerated', 'verdict'],
  });
  for (const line of lines) {
    const { what, unit, asked, measured, n, tolerance, verdict } = line;
    const [wanted, got, limit] = [asked, measured, tolerance].map((value) => formatQuantity(value, unit));
    table.push([what, wanted!, got!, formatInterval(line), n, `± ${limit}`, verdictWords[verdict]]);
  }
  const { cores, cpu, memoryGiB, hostKernel, labKernel } = fingerprint;
  const machine = `${cores} × ${cpu}, ${memoryGiB} GiB, Linux ${hostKernel}, lab kernel ${labKernel}`;
  const not = lines.filter((line) => line.verdict !== 'within').map(({ what }) => what);
  const finding =
    not.length === 0
      ? `all ${lines.length} instruments are within their tolerance`
      : `${not.length} of ${lines.length} instruments are not shown to be within their tolerance: ${not.join('; ')}`;
  return `\n${[
    `Calibration of ${lab}: ${form} form, ${formatDate(date)}, ${formatDuration(seconds)}\n${machine}`,
    table.toString(),
    ...notes.map((note) => `Note: ${note}.`),
    `Verdict: ${finding}\nKept in: ${file}`,
  ].join('\n\n')}\n`;
}

/** What a run says of its lab's calibration, in one line. */
export function quoteLine({ command, quoted }: CalibrationQuote): string {
  if (!quoted) return `never calibrated on this machine as it is; ${command}`;
  const told = ['delay-10ms', 'cut-error', 'lateness-idle-p99'].flatMap((key) => {
    const line = quoted.lines.find((it) => it.key === key);
    return line ? [`${line.what}: ${formatQuantity(line.measured, line.unit)}`] : [];
  });
  return `calibrated ${formatDate(quoted.date)} (${quoted.form} form): ${told.join('; ')}`;
}
