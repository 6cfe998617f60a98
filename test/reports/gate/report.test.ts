import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { History } from '../../../harness/gate/history.js';
import type { GateResult } from '../../../harness/gate/result.js';
import { metricPicture } from '../../../reports/gate/picture.js';
import { writeGateReport } from '../../../reports/gate/report.js';
import { tellingOf } from '../../../reports/gate/telling.js';
import type { Html } from '../../../reports/page/escape.js';
import { around, gateResult, metricIn, pointResult, side } from '../../gate/cases.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const values = (level: number, count: number, from = 0) =>
  side({ 'resumption.mean': around(level, 0.05, count, from), handlingSpeed: around(60, 0.05, count, from) });
const bad = pointResult('slow', values(0.02, 24), values(0.05, 16, 50));
const good = pointResult('calm', values(0.02, 24), values(0.02, 8, 50));

const page = (result: GateResult, history: History | null = null, into = folder) =>
  readFileSync(writeGateReport(folder, result, { into, history }), 'utf8');

describe('the report of a gate', () => {
  it('says the verdict in words, what failed before what passed, and how to see it again', () => {
    const text = page(gateResult([bad, good]));
    expect(text).toMatch(/<strong>Fail<\/strong> <span>Worse: resumption \(slow\)\.<\/span>/);
    expect(text).toMatch(
      /<th scope="row" class="wide">resumption, mean<\/th>\s*<td class="wide"><span class="is-fail">fail<\/span>; confirmed by 8 fresh runs/,
    );
    expect(text).toContain('1 metric is no worse');
    expect(text).toContain('rsplab run e.ts --seed 115');
    expect(text).toContain("rsplab gate --accept resumption.mean --why 'the reason' --baseline b.json");
  });

  it('links to runs from wherever it is', () => {
    const elsewhere = join(folder, 'a/b');
    mkdirSync(elsewhere, { recursive: true });
    expect(page(gateResult([bad]), null, elsewhere)).toContain('href="../../runs/e/15/"');
    expect(page(gateResult([bad]))).toContain('href="runs/e/15/"');
  });

  it('needs no style sheet: every colour has one to fall back on, and no element has a style of its own', () => {
    const text = page(gateResult([bad])).replace(/<style>[\s\S]*?<\/style>/, '');
    expect(text).not.toMatch(/ style="/);
    const colours = [...text.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour!);
    expect(colours.length).toBeGreaterThan(20);
    for (const colour of colours) expect(colour).toMatch(/^(none|var\(--[\w-]+, #[0-9a-f]{6}\))$/);
  });

  it('lets nothing in a name become markup', () => {
    const odd = { ...good, name: '<script>alert(1)</script>', question: '"><img src=x>' };
    const text = page(gateResult([odd]));
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<img');
  });

  it('draws the history, but not what never changed', () => {
    const rows = [0.02, 0.021, 0.05].map((value, at) => ({
      ...{ time: `2026-11-2${at}T00:00:00Z`, commit: '', verdict: 'pass' },
      ...{ 'slow.resumption_mean': String(value), 'slow.handling_speed': '60' },
    }));
    const text = page(gateResult([bad]), { columns: Object.keys(rows[0]!), rows });
    expect(text).toMatch(
      /<h3>slow: resumption, mean<\/h3>[\s\S]*aria-label="slow: resumption, mean: 3 gates, from 20 ms to 50 ms"/,
    );
    expect(text).toContain('The same in all of them: slow: handling speed.');
    expect(page(gateResult([bad]), { columns: [], rows: rows.slice(0, 1) })).toContain(
      'There is a history from the second gate on.',
    );
  });

  it('says that a point is identical, without comparing what is the same', () => {
    expect(page(gateResult([{ ...good, identical: true }]))).toMatch(
      /Identical: equal fingerprints and, with seed 100, equal results/,
    );
  });
});

describe('a picture', () => {
  const text = (metric: Parameters<typeof metricPicture>[0]) => (metricPicture(metric) as Html).text;

  it('has a dot for each run of both sides, both means, and the limit', () => {
    const svg = text(metricIn(bad, 'resumption.mean'));
    expect(svg.match(/<circle/g)).toHaveLength(24 + 8);
    expect(svg).toMatch(/aria-label="resumption, mean: old [\d.]+ ms, new [\d.]+ ms, limit 2\d(\.\d)? ms"/);
    expect(svg).not.toMatch(/NaN|Infinity|null/);
  });

  it('stays within its frame when all values are equal or zero', () => {
    for (const value of [0, 1]) {
      const same = pointResult(
        'same',
        side({ requestsLost: Array(24).fill(value) }),
        side({ requestsLost: Array(8).fill(value) }),
      );
      const svg = text(metricIn(same, 'requestsLost'));
      for (const [, x] of svg.matchAll(/cx="([^"]*)"/g)) {
        expect(Number(x)).toBeGreaterThanOrEqual(30);
        expect(Number(x)).toBeLessThanOrEqual(320);
      }
    }
  });

  it('of nothing is none', () => {
    expect(metricPicture(metricIn(good, 'takeover'))).toBe(null);
  });
});

it('the runs to look at are the worst ones of what failed, and the first', () => {
  const telling = tellingOf(bad);
  // In these results later runs have larger values.
  expect(telling.map(({ seed }) => seed)).toEqual([115, 100]);
  expect(telling[0]!.why).toBe('the worst resumption, mean');
  expect(tellingOf({ ...bad, runs: [] })).toEqual([]);
});
