/** What web clients saw, in numbers; and k6's own files read as such rows. */
import { describe, expect, it } from 'vitest';
import { readK6Points, readK6Thresholds } from '../../harness/measure/k6.js';
import { requestRowOf } from '../../harness/measure/web-row.js';
import { summariseWeb } from '../../harness/measure/web-summary.js';
import type { WebRequestRow } from '../../harness/result/web.js';

const row = (
  id: number,
  intendedAt: number,
  endedAt: number | null,
  more: Partial<WebRequestRow> = {},
): WebRequestRow => ({
  ...{ user: 'pu1', id, method: 'GET', path: '/', intendedAt, sentAt: intendedAt, answeredAt: endedAt, endedAt },
  ...{ status: 200, error: null, retries: 0, element: 'pe1', ...more },
});

describe('what clients saw', () => {
  const rows = [
    row(1, 1, 1.1),
    // Under way when the fault struck.
    row(2, 1.9, 4, { retries: 1 }),
    row(3, 2.5, 4.5, { retries: 2 }),
    row(4, 3, 3.2, { status: 502, error: 'no answer' }),
    row(5, 6, 6.2),
    row(6, 6.9, null, { status: null }),
  ];
  const web = summariseWeb(rows, [{ injectedAt: 2, healedAt: 5 }], { from: 0, to: 7 });

  it('is counted, with the longest time without an answer', () => {
    expect(web).toMatchObject({ requests: 6, failed: 1, retried: 2, retries: 3 });
    expect(web.longestGap).toEqual({ seconds: 4 - 1.1, from: 1.1, user: 'pu1' });
    expect(web.errors).toEqual([{ error: 'no answer', count: 1 }]);
  });

  it('has latencies before, while and after a fault was at work', () => {
    const { before, during, after } = web.latency;
    expect([before.count, during.count, after.count]).toEqual([1, 2, 1]);
    expect(during.max).toBeCloseTo(2.1);
    expect(after.max).toBeCloseTo(0.2);
  });

  it('is a row like any other user’s', () => {
    expect(requestRowOf(rows[2]!)).toMatchObject({ state: 'completed', handlingTime: 2, failovers: 2, size: null });
    expect(requestRowOf(rows[3]!)).toMatchObject({ state: 'lost', completedAt: null });
    expect(requestRowOf(rows[5]!)).toMatchObject({ state: 'open' });
  });
});

describe('k6', () => {
  const point = (
    metric: string,
    value: number,
    tags: Record<string, string>,
    time = '2026-11-28T07:00:10.250000000Z',
  ) => JSON.stringify({ type: 'Point', data: { time, value, tags }, metric });
  const tags = { method: 'GET', status: '200', url: 'http://127.0.0.1:8081/cart?id=1' };

  it('has its points read as requests', () => {
    const failed = { method: 'POST', status: '0', url: 'http://127.0.0.1:8081/pay', error: 'request timeout' };
    const { rows, broken } = readK6Points([
      '{"type":"Metric","data":{"type":"trend","contains":"time","tainted":null,"thresholds":[],"submetrics":null},"metric":"http_req_duration"}',
      point('http_reqs', 1, tags),
      point('http_req_duration', 200, tags),
      point('http_req_blocked', 50, tags),
      point('http_req_receiving', 10, tags),
      point('vus', 5, {}, '2026-11-28T07:00:10.3Z'),
      point('http_req_duration', 1000, failed, '2026-11-28T08:00:12.000000001+01:00'),
      '{"type":"Poi',
    ]);
    expect(broken).toBe(1);
    const at = Date.UTC(2026, 10, 28, 7, 0, 10) / 1e3;
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ id: 1, method: 'GET', path: '/cart?id=1', status: 200, error: null });
    expect(rows[0]!.intendedAt).toBeCloseTo(at, 6);
    expect(rows[0]!.answeredAt).toBeCloseTo(at + 0.24, 6);
    expect(rows[0]!.endedAt).toBeCloseTo(at + 0.25, 6);
    expect(rows[1]).toMatchObject({ method: 'POST', status: null, error: 'request timeout', answeredAt: null });
    expect(rows[1]!.endedAt).toBeCloseTo(at + 2, 6);
  });

  it('says true of a threshold that was crossed', () => {
    const summary = {
      metrics: { http_req_duration: { avg: 3, thresholds: { 'p(95)<500': true, 'p(50)<9': false } }, vus: {} },
    };
    expect(readK6Thresholds('s.json', JSON.stringify(summary))).toEqual([
      { metric: 'http_req_duration', expression: 'p(95)<500', holds: false },
      { metric: 'http_req_duration', expression: 'p(50)<9', holds: true },
    ]);
    expect(() => readK6Thresholds('s.json', '[]')).toThrow('s.json: expected a summary of k6');
  });
});
