/**
 * Pictures of a gate. Their colours stand in attributes, each with one that holds where a page's style sheet is not
 * allowed in, as in what CI systems show of a job's files.
 */
import type { GateSide, MetricJudgement } from '../../harness/gate/judgement.js';
import { formatValue } from '../../harness/gate/words.js';
import { type Content, type Html, html } from '../page/escape.js';
import { lightColour } from '../page/palette.js';

const colour = (name: string): string => `var(--${name}, ${lightColour(name)})`;

const colours = {
  old: colour('muted'),
  new: colour('series-0'),
  limit: colour('fail'),
  line: colour('line'),
  ink: colour('ink'),
} as const;

const size = { width: 320, height: 74, left: 34, right: 12 } as const;
const lanes = { old: 16, new: 40 } as const;

/** Every run of both sides as a dot, the means with their 95 % intervals, and the limit. */
export function metricPicture(metric: MetricJudgement): Content {
  const { old, new: fresh, unit, label } = metric;
  if (old.runs + fresh.runs === 0) return null;
  const limit = limitValue(metric);
  const x = axis([...old.values, ...fresh.values, ...(limit === null ? [] : [limit]), ...ends(old), ...ends(fresh)]);
  const text = `${label}: old ${formatValue(old.mean, unit)}, new ${formatValue(fresh.mean, unit)}${limit === null ? '' : `, limit ${formatValue(limit, unit)}`}`;
  return html`<svg role="img" aria-label="${text}" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-size="11" font-family="sans-serif" fill="${colours.ink}">
<line x1="${size.left}" x2="${size.width - size.right}" y1="54" y2="54" stroke="${colours.line}"/>
${[x.low, x.high].map((value, at) => html`<text x="${x.at(value)}" y="68" text-anchor="${at === 0 ? 'start' : 'end'}">${formatValue(value, unit)}</text>`)}
${limit !== null && html`<line x1="${x.at(limit)}" x2="${x.at(limit)}" y1="4" y2="54" stroke="${colours.limit}" stroke-width="1.5" stroke-dasharray="4 3"/>`}
${lane('old', old, lanes.old, x, colours.old)}
${lane('new', fresh, lanes.new, x, colours.new)}
</svg>`;
}

interface Axis {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

function axis(values: readonly number[]): Axis {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  // Equal values would all lie on one end.
  if (high - low < 1e-9 * Math.abs(high) || high === low)
    [low, high] = [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10];
  const wide = size.width - size.left - size.right;
  return { low, high, at: (value) => Math.round(10 * (size.left + ((value - low) / (high - low)) * wide)) / 10 };
}

const ends = ({ mean, low, high }: GateSide): number[] => [mean, low, high].filter((value) => value !== null);

function lane(name: string, { values, mean, low, high }: GateSide, y: number, x: Axis, ink: string): Html {
  return html`<text x="0" y="${y + 4}" fill="${ink}">${name}</text>
${values.map((value) => html`<circle cx="${x.at(value)}" cy="${y}" r="3" fill="${ink}" fill-opacity="0.35"/>`)}
${low !== null && high !== null && html`<line x1="${x.at(low)}" x2="${x.at(high)}" y1="${y}" y2="${y}" stroke="${ink}" stroke-width="2.5"/>`}
${mean !== null && html`<line x1="${x.at(mean)}" x2="${x.at(mean)}" y1="${y - 9}" y2="${y + 9}" stroke="${ink}" stroke-width="2.5"/>`}`;
}

/** Where the new mean may be at most, or at least. */
export function limitValue({ old, limit, better, change, metric }: MetricJudgement): number | null {
  if (old.mean === null) return null;
  const sign = better === 'lower' ? 1 : -1;
  const ratio = change ? change.scale === 'ratio' : !['requestsLost', 'repeatedWork', 'failovers'].includes(metric);
  return old.mean + sign * (ratio ? old.mean * limit.value : limit.value);
}

export interface HistoryLine {
  readonly title: string;
  readonly unit: MetricJudgement['unit'];
  /** Null where a gate has no value. */
  readonly values: readonly (number | null)[];
  readonly times: readonly string[];
}

const chart = { width: 700, height: 130, left: 70, right: 16, top: 10, bottom: 24 } as const;

/** One metric over gates, the latest at the right. */
export function historyPicture({ title, unit, values, times }: HistoryLine): Content {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const span = high - low || Math.abs(high) || 1;
  const wide = chart.width - chart.left - chart.right;
  const tall = chart.height - chart.top - chart.bottom;
  const x = (at: number) => chart.left + (values.length === 1 ? 0 : (at / (values.length - 1)) * wide);
  const y = (value: number) => Math.round(10 * (chart.top + tall - ((value - low) / span) * tall)) / 10;
  const places = values.flatMap((value, at) =>
    value === null ? [] : [{ x: Math.round(10 * x(at)) / 10, y: y(value) }],
  );
  const bottom = chart.height - 6;
  return html`<svg role="img" aria-label="${title}: ${known.length} gates, from ${formatValue(known[0]!, unit)} to ${formatValue(known.at(-1)!, unit)}" viewBox="0 0 ${chart.width} ${chart.height}" width="${chart.width}" height="${chart.height}" font-size="11" font-family="sans-serif" fill="${colours.ink}">
<line x1="${chart.left}" x2="${chart.width - chart.right}" y1="${chart.top + tall}" y2="${chart.top + tall}" stroke="${colours.line}"/>
${[low, high].map((value) => html`<text x="${chart.left - 8}" y="${y(value) + 4}" text-anchor="end">${formatValue(value, unit)}</text>`)}
<polyline points="${places.map((place) => `${place.x},${place.y}`).join(' ')}" fill="none" stroke="${colours.new}" stroke-width="1.8"/>
${places.map((place) => html`<circle cx="${place.x}" cy="${place.y}" r="3" fill="${colours.new}"/>`)}
<text x="${chart.left}" y="${bottom}">${times[0]}</text><text x="${chart.width - chart.right}" y="${bottom}" text-anchor="end">${times.at(-1)}</text>
</svg>`;
}
