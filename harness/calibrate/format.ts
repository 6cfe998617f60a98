/** A calibration's numbers for people. */
import type { CalibrationLine, CalibrationUnit, CalibrationVerdict } from '../result/calibration.js';

/** What a verdict is called. */
export const verdictWords: Readonly<Record<CalibrationVerdict, string>> = {
  within: 'within',
  outside: 'outside',
  undecided: 'too little data',
};

/** Four digits at the most. */
export function formatQuantity(value: number | null, unit: CalibrationUnit): string {
  if (value === null) return '–';
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

export const formatInterval = ({ low, high, unit }: CalibrationLine): string =>
  low === null || high === null ? '–' : `${formatQuantity(low, unit)} … ${formatQuantity(high, unit)}`;

/** As in `2026-11-23 23:37 UTC`. */
export const formatDate = (date: string): string => `${date.slice(0, 16).replace('T', ' ')} UTC`;
