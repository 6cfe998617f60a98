/** Numbers of a comparison for people. */
import { formatDuration } from '../base/units.js';
import type { MetricMeaning } from './metrics.js';

/** Three significant digits, with the unit that reads best; an interval's two ends share one unit. */
export function formatValue(value: number, unit: MetricMeaning['unit']): string {
  if (unit === 'seconds') return formatDuration(value);
  const { scale, name } = scaleFor(Math.abs(value), unit);
  return `${compact(value * scale)}${name && ` ${name}`}`;
}

/** `+1.2 s [−0.3, +2.7]`: a signed value with its interval. */
export function formatDifference(
  { value, low, high }: { value: number; low: number | null; high: number | null },
  unit: MetricMeaning['unit'],
): string {
  const { scale, name } = scaleFor(Math.max(Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0)), unit);
  const show = (number: number) => signed(number * scale);
  const interval = low === null || high === null ? '' : ` [${show(low)}, ${show(high)}]`;
  return `${show(value)}${interval}${name && ` ${name}`}`;
}

/** `1.2 [0.9, 1.5] s`. */
export function formatEstimate(
  { value, low, high }: { value: number; low: number | null; high: number | null },
  unit: MetricMeaning['unit'],
): string {
  const { scale, name } = scaleFor(Math.abs(value), unit);
  const interval = low === null || high === null ? '' : ` [${compact(low * scale)}, ${compact(high * scale)}]`;
  return `${compact(value * scale)}${interval}${name && ` ${name}`}`;
}

function scaleFor(size: number, unit: MetricMeaning['unit']): { scale: number; name: string } {
  if (unit === 'percent') return { scale: 1, name: '%' };
  if (unit === 'calculations') return size < 1e4 ? { scale: 1, name: '' } : { scale: 1e-3, name: 'k' };
  if (unit === 'count') return { scale: 1, name: '' };
  return size < 1 ? { scale: 1e3, name: 'ms' } : { scale: 1, name: 's' };
}

/** Three significant digits, and never an exponent. */
function compact(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) < 1e-6) return '0';
  const text = Math.abs(rounded) >= 1e4 ? rounded.toLocaleString('en-US') : String(rounded);
  return text.replace('-', '−');
}

function signed(value: number): string {
  const text = compact(value);
  return text === '0' || text.startsWith('−') ? text : `+${text}`;
}
