/** An open load: requests come by the clock, and what a service that stalls keeps waiting is seen. */
import { describe, expect, it } from 'vitest';
import { realClock } from '../../../harness/base/clock.js';
import { waitFor } from '../../../harness/base/wait.js';
import { arrivalsOf } from '../../../harness/experiment/arrivals.js';
import { constant, exponential } from '../../../harness/experiment/distribution.js';
import { webUser } from '../../../harness/experiment/web.js';
import { OpenLoad } from '../../../harness/pool/web/load.js';
import type { WebRequestRow } from '../../../harness/result/web.js';
import { later, webServer } from '../proxy/servers.js';

type Row = Omit<WebRequestRow, 'user'>;

function loadOn(port: number, interval: number) {
  const rows: Row[] = [];
  const load = new OpenLoad({
    target: `http://127.0.0.1:${port}`,
    load: webUser({ rate: 1, patience: 5 as never }).load!,
    arrivals: arrivalsOf(1, 'pu1', 1, constant(interval)),
    clock: realClock,
    onRow: (row) => rows.push(row),
  });
  later(() => load.end());
  return { load, rows };
}
const until = (what: string, isSo: () => boolean) =>
  waitFor(what, () => isSo() || undefined, { clock: realClock, withinSeconds: 20, everySeconds: 0.005 });

describe('an open load', () => {
  it('goes on while nothing is answered, and counts latency from when a request was due', async () => {
    const waiting: (() => void)[] = [];
    const { port } = await webServer((_, response) => void waiting.push(() => response.end('late')));
    const { load, rows } = loadOn(port, 0.01);
    await until('twenty requests at once', () => waiting.length >= 20);
    expect(rows).toEqual([]);
    for (const answer of waiting.splice(0)) answer();
    await until('their answers', () => rows.length >= 20);
    await load.end();
    const first = rows.find(({ id }) => id === 1)!;
    const twentieth = rows.find(({ id }) => id === 20)!;
    expect(first).toMatchObject({ status: 200, error: null, retries: 0 });
    // Both were answered at the same time, and were due at different ones.
    expect(twentieth.intendedAt - first.intendedAt).toBeCloseTo(0.19, 6);
    expect(first.endedAt! - first.intendedAt).toBeGreaterThan(0.19);
  });

  it('says what became of each request: failed, given up, or under way when it ended', async () => {
    const { port } = await webServer((request, response) => {
      const id = Number(request.headers['rserpool-request']);
      if (id === 1) response.writeHead(503).end('The pool has no element.\n');
      if (id === 2) request.socket.destroy();
    });
    const { load, rows } = loadOn(port, 0.01);
    await until('two failures', () => rows.length >= 2);
    await load.end();
    const [one, two, three] = rows.sort((a, b) => a.id - b.id);
    expect(one).toMatchObject({ id: 1, status: 503, error: 'The pool has no element.' });
    expect(two).toMatchObject({ id: 2, status: null, answeredAt: null });
    expect(two!.error).not.toBeNull();
    if (three) expect(three).toMatchObject({ endedAt: null, error: null });
  });
});

describe('arrivals', () => {
  const first = (count: number, ...args: Parameters<typeof arrivalsOf>) => {
    const arrivals = arrivalsOf(...args);
    return Array.from({ length: count }, () => arrivals.next().value);
  };

  it('are the same for the same plan, and others for another user or seed', () => {
    const poisson = exponential(0.005);
    expect(first(5, 7, 'pu1', 1, poisson)).toEqual(first(5, 7, 'pu1', 1, poisson));
    expect(first(5, 7, 'pu1', 1, poisson)).not.toEqual(first(5, 7, 'pu2', 1, poisson));
    expect(first(5, 7, 'pu1', 1, poisson)).not.toEqual(first(5, 8, 'pu1', 1, poisson));
  });

  it('grow to the rate evenly: half as many within the ramp, and all of them after it', () => {
    const times = first(4000, 1, 'pu1', 1, constant(0.005), 10);
    const between = (from: number, to: number) => times.filter((time) => time >= from && time < to).length;
    expect(between(0, 10)).toBeCloseTo(1000, -1);
    expect(between(0, 5)).toBeCloseTo(250, -1);
    expect(between(10, 15)).toBeCloseTo(1000, -1);
  });

  it('come at the rate that was asked for', () => {
    const times = first(20_000, 1, 'pu1', 1, exponential(0.005));
    // The standard error of the mean of so many is 0.7 %.
    expect(times.at(-1)! / 20_000).toBeGreaterThan(0.005 * 0.96);
    expect(times.at(-1)! / 20_000).toBeLessThan(0.005 * 1.04);
  });
});
