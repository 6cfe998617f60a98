/** A calibration's numbers for people. */
import type { CalibrationLine, CalibrationUnit, CalibrationVerdict } from '../result/calibration.js';

/** What a verdict is called. */
export const verdictWords: Readonly<Record<CalibrationVerdict, string>> = {
  within: 'within',
  outside: 'outside',
  undecided: 'too little data',
};

const scales: Record<CalibrationUnit, { readonly factor: number; readonly name: string }> = {
  seconds: { factor: 1e3, name: ' ms' },
  percent: { factor: 1, name: ' %' },
  bitsPerSecond: { factor: 1e-6, name: ' Mbit/s' },
  packets: { factor: 1, name: ' packets' },
};

/** Four digits at the most, none finer than a thousandth. */
export function formatQuantity(value: number | null, unit: CalibrationUnit): string {
  if (value === null) return '–';
  const { factor, name } = scales[unit];
  const scaled = Number((value * factor).toPrecision(4));
  return `${String(Number(scaled.toFixed(3))).replace('-', '−')}${name}`;
}

export const formatInterval = ({ low, high, unit }: CalibrationLine): string =>
  low === null || high === null ? '–' : `${formatQuantity(low, unit)} … ${formatQuantity(high, unit)}`;

/** As in `2026-11-23 23:37 UTC`. */
export const formatDate = (date: string): string => `${date.slice(0, 16).replace('T', ' ')} UTC`;
