/** Judgements in words: one sentence each, as a person would say it. */
import { formatDuration } from '../base/units.js';
import type { GateMetricName } from '../experiment/gate.js';
import type { GateChange, GateSide } from './judgement.js';
import type { Limit } from './limits.js';
import { type GateMetric, gateMetrics } from './metrics.js';

export function formatValue(value: number | null, unit: GateMetric['unit']): string {
  if (value === null) return '–';
  if (unit === 'seconds') return formatDuration(value).replace('-', '−');
  const text = plain(value);
  return unit === 'percent' ? `${text} %` : text;
}

/** `+12 % [+8.1, +16]`, or with a unit: `+0.5 [−0.1, +1.1] s`. */
export function formatChange(metric: GateMetricName, { scale, value, low, high }: GateChange): string {
  const { unit } = gateMetrics[metric];
  const factor = scale === 'ratio' ? 100 : 1;
  const show = (each: number) => signed(each * factor);
  // Points, for a percentage of a percentage is easily taken for one.
  const name = scale === 'ratio' ? ' %' : { seconds: ' s', percent: ' points', count: '' }[unit];
  const interval = low === null || high === null ? '' : ` [${show(low)}, ${show(high)}]`;
  return `${show(value)}${interval}${name}`;
}

export function formatLimit(metric: GateMetricName, { value, why }: Limit): string {
  const { scale, unit, better } = gateMetrics[metric];
  const name = scale === 'ratio' ? ' %' : { seconds: ' s', percent: ' points', count: '' }[unit];
  const reason = { set: ', as set', default: '', noise: ', as fine as the noise lets it be' }[why];
  const number = plain(scale === 'ratio' ? value * 100 : value);
  const counted = number === '1' ? name.replace('points', 'point') : name;
  return `${better === 'lower' ? '+' : '−'}${number}${counted}${reason}`;
}

/** `52 ms instead of 21 ms, +148 % [+120, +180]`. */
export function changeWords(metric: GateMetricName, old: GateSide, fresh: GateSide, change: GateChange | null): string {
  const { unit } = gateMetrics[metric];
  const values = `${formatValue(fresh.mean, unit)} instead of ${formatValue(old.mean, unit)}`;
  return change === null ? values : `${values}, ${formatChange(metric, change)}`;
}

/** Three digits and never an exponent; − is a minus. */
export function plain(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) < 1e-6) return '0';
  return (Math.abs(rounded) >= 1e4 ? Math.round(rounded).toLocaleString('en-US') : String(rounded)).replace('-', '−');
}

const signed = (value: number): string => {
  const text = plain(value);
  return text === '0' || text.startsWith('−') ? text : `+${text}`;
};

/** `1 run`, `2 runs`. */
export const countRuns = (count: number): string => `${count} ${count === 1 ? 'run' : 'runs'}`;

/** `element-kill`, or `element-kill, keepAlive 1`. */
export const pointName = (experiment: string, point: Readonly<Record<string, unknown>>): string =>
  [experiment, ...Object.entries(point).map(([name, value]) => `${name} ${value}`)].join(', ');
