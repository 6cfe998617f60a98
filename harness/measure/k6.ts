/** What k6 leaves behind: points as lines of JSON (`--out json`), and a summary (`--summary-export`). */
import { z } from 'zod';
import { badInput } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import type { Threshold, WebRequestRow } from '../result/web.js';

const pointSchema = z.object({
  type: z.literal('Point'),
  metric: z.string(),
  data: z.object({ time: z.string(), value: z.number(), tags: z.record(z.string(), z.unknown()).nullable() }),
});
type Point = z.infer<typeof pointSchema>;

/** Parts of a request, each a point of its own, with the same time and tags; in milliseconds. */
interface Parts {
  readonly first: Point;
  blocked: number;
  receiving: number | null;
}

/**
 * A request of k6 is some points in a row, the first of which is its duration. k6 says when it ended; it does not say
 * when it was due, so its latency counts from when it was begun.
 * @returns rows whose times are epoch seconds, and how many lines were none of k6's
 */
export function readK6Points(lines: readonly string[]): { rows: Omit<WebRequestRow, 'user'>[]; broken: number } {
  const requests: Parts[] = [];
  let broken = 0;
  for (const line of lines) {
    if (line === '') continue;
    const point = pointOf(line);
    if (point === null) broken += 1;
    if (!point) continue;
    const parts = requests.at(-1);
    if (point.metric === 'http_req_duration') requests.push({ first: point, blocked: 0, receiving: null });
    else if (!parts || parts.first.data.time !== point.data.time) continue;
    else if (point.metric === 'http_req_blocked') parts.blocked = point.data.value;
    else if (point.metric === 'http_req_receiving') parts.receiving = point.data.value;
  }
  return { rows: requests.map((parts, at) => rowOf(parts, at + 1)), broken };
}

/** @returns undefined for a line that declares a metric; null for one that is none of k6's */
function pointOf(line: string): Point | undefined | null {
  try {
    const json = parseJson(line) as { type?: unknown };
    if (json.type === 'Metric') return undefined;
    return pointSchema.parse(json);
  } catch {
    return null;
  }
}

function rowOf({ first: { data }, blocked, receiving }: Parts, id: number): Omit<WebRequestRow, 'user'> {
  const tag = (name: string) => String(data.tags?.[name] ?? '');
  const endedAt = epochOf(data.time);
  const sentAt = endedAt - (data.value + blocked) / 1e3;
  // k6 writes 0 when there was no answer.
  const status = Number(tag('status')) || null;
  const isFailure = status === null || status >= 500;
  return {
    ...{ id, method: tag('method'), path: pathOf(tag('url')), intendedAt: sentAt, sentAt },
    answeredAt: status === null || receiving === null ? null : endedAt - receiving / 1e3,
    ...{ endedAt, status, error: isFailure ? tag('error') || `status ${status ?? 'none'}` : null },
    ...{ retries: null, element: null },
  };
}

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname + new URL(url).search : url);

/** RFC 3339 with up to nanoseconds, of which JavaScript's own reading keeps three digits. */
function epochOf(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return Math.floor(Date.parse(time) / 1e3) + Number(`0.${fraction || 0}`);
}

const summarySchema = z.object({
  metrics: z.record(z.string(), z.looseObject({ thresholds: z.record(z.string(), z.boolean()).optional() })),
});

/**
 * The thresholds of a script, by what `--summary-export` left: there `true` says that one was crossed.
 * @throws HarnessError `bad-input` for a file that is no such summary
 */
export function readK6Thresholds(file: string, text: string): Threshold[] {
  try {
    const { metrics } = summarySchema.parse(parseJson(text));
    return Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
      Object.entries(thresholds).map(([expression, crossed]) => ({ metric, expression, holds: !crossed })),
    );
  } catch (cause) {
    throw badInput(`${file}: expected a summary of k6's, got something else`, cause);
  }
}
