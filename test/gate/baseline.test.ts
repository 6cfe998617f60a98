import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Baseline, baselineFor, baselineText, readBaseline, writeBaseline } from '../../harness/gate/baseline.js';
import { addToHistory, readHistory } from '../../harness/gate/history.js';
import { whileAlone } from '../../harness/gate/lock.js';
import type { GatePoint } from '../../harness/gate/points.js';
import { VirtualClock } from '../virtual-clock.js';
import { around, gateResult, pointResult, side } from './cases.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baseline-test-'));
  file = join(folder, 'baseline.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const baseline = (change: Partial<Baseline['points'][number]> = {}): Baseline => ({
  ...{ what: 'baseline of rsplab gate', schemaVersion: 1, on: 'sim', clock: 'simulated', machine: null },
  ...{ date: '2026-11-27T00:00:00.000Z', versions: { rsplab: '0.1.0' } },
  points: [
    {
      ...{ experiment: 'kill', point: { keepAlive: 1 }, plan: { hosts: 'a', faults: 'b' }, fingerprint: 'f', seed: 1 },
      seeds: [11, 12, 13],
      values: { 'resumption.mean': [0.02, null, 0.021] },
      checks: { noRequestLost: ['pass', 'pass', 'fail'] },
      limits: { 'resumption.mean': { value: 0.1, why: 'default' } },
      accepted: [],
      ...change,
    },
  ],
});
const point = (more: Partial<GatePoint> = {}) =>
  ({
    ...{ name: 'kill, keepAlive 1', experiment: 'kill', point: { keepAlive: 1 }, parts: { hosts: 'a', faults: 'b' } },
    ...more,
  }) as GatePoint;

describe('a baseline', () => {
  it('is written with a metric per line, and read back as it was', () => {
    writeBaseline(file, baseline());
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('        "resumption.mean": [0.02, null, 0.021]\n');
    expect(text).toContain('"noRequestLost": ["pass", "pass", "fail"]');
    expect(readBaseline(file)).toEqual(baseline());
    expect(readdirSync(folder)).toEqual(['baseline.json']);
  });

  it('keeps words with brackets, quotes and line ends in a reason', () => {
    const why = 'a [list,\n of "things"] {and} \\n';
    const accepted = [{ metric: 'resumption.mean' as const, date: 'd', why, old: 1, new: null }];
    expect(JSON.parse(baselineText(baseline({ accepted }))).points[0].accepted[0].why).toBe(why);
  });

  it.each<[string, string | null, RegExp]>([
    ['missing', null, /expected a baseline, got .* which does not exist; rsplab gate --update makes it/],
    ['cut short', baselineText(baseline()).slice(0, 300), /expected a baseline in JSON, got: /],
    ['something else', '{"schemaVersion":1}', /expected a baseline of rsplab gate, got something else/],
    ['no object', 'null', /expected a baseline of rsplab gate, got something else/],
    [
      'of an older schema',
      JSON.stringify({ ...baseline(), schemaVersion: 0 }),
      /expected a baseline of schemaVersion 1, got 0; make it anew with rsplab gate --update/,
    ],
    [
      'damaged',
      JSON.stringify(baseline({ values: { 'resumption.mean': ['x'] as never } })),
      /damaged at points\.0\.values\.resumption\.mean\.0/,
    ],
    [
      'with a metric that nobody knows',
      JSON.stringify(baseline({ values: { speed: [1, 2, 3] } as never })),
      /damaged at points\.0\.values/,
    ],
    [
      'with a value too few',
      JSON.stringify(baseline({ values: { 'resumption.mean': [1, 2] } })),
      /expected one value per run, got more or fewer than 3 in kill, keepAlive 1/,
    ],
  ])('that is %s is refused in a sentence', (_, content, message) => {
    if (content !== null) writeFileSync(file, content);
    expect(() => readBaseline(file)).toThrow(message);
  });

  it('of another experiment, point or plan is refused by name', () => {
    const stored = baseline();
    expect(baselineFor(file, stored, point())).toBe(stored.points[0]);
    expect(() => baselineFor(file, stored, point({ experiment: 'freeze', name: 'freeze, keepAlive 1' }))).toThrow(
      /expected a baseline of freeze, keepAlive 1, got those of kill, keepAlive 1; rsplab gate --update/,
    );
    expect(() => baselineFor(file, stored, point({ point: { keepAlive: 3 }, name: 'kill, keepAlive 3' }))).toThrow(
      /kill, keepAlive 3/,
    );
    expect(() => baselineFor(file, stored, point({ parts: { hosts: 'other', faults: 'b', model: 'm' } }))).toThrow(
      /expected kill, keepAlive 1 with the same plan, got other hosts and model/,
    );
  });

  it('that cannot be written is bad input, and leaves nothing behind', () => {
    writeFileSync(join(folder, 'blocked'), '');
    expect(() => writeBaseline(join(folder, 'blocked', 'b.json'), baseline())).toThrow(
      /expected a file that can be written/,
    );
    expect(readdirSync(folder)).toEqual(['blocked']);
  });
});

describe('a file with one writer at a time', () => {
  it('lets the next one in when the first is done, and outlives a dead writer', async () => {
    const clock = new VirtualClock();
    writeFileSync(`${file}.lock`, '999999999');
    expect(await whileAlone(file, clock, () => existsSync(`${file}.lock`))).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('gives up on one that lives and does not end', async () => {
    writeFileSync(`${file}.lock`, String(process.pid));
    await expect(whileAlone(file, new VirtualClock(), () => {})).rejects.toThrow(
      /expected a file that nobody writes to/,
    );
  });

  it('is free again after a failure', async () => {
    const clock = new VirtualClock();
    await expect(whileAlone(file, clock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await whileAlone(file, clock, () => 1)).toBe(1);
  });
});

describe('a history', () => {
  const clock = new VirtualClock();
  const csv = () => join(folder, 'history.csv');
  const values = (level: number) => side({ 'resumption.mean': around(level, 0.01, 24) });
  const result = (level: number, name = 'kill, keepAlive 1') =>
    gateResult([pointResult(name, values(0.02), values(level))], { commit: 'abc' });

  it('has a line per gate, as Otava reads it: time, attributes, and a number in every other cell', async () => {
    await addToHistory(csv(), result(0.02), clock);
    await addToHistory(csv(), result(0.021), clock);
    const lines = readFileSync(csv(), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('time,commit,verdict,kill_keep_alive_1.resumption_mean');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^2026-11-27T02:40:53Z,abc,pass,0\.02\d*|0\.01\d*$/);
  });

  it('gets a column for a point that is new, and “nan” where a gate did not measure it', async () => {
    await addToHistory(csv(), result(0.02), clock);
    const { columns } = await addToHistory(csv(), result(0.02, 'freeze'), clock);
    expect(columns).toEqual([
      'time',
      'commit',
      'verdict',
      'kill_keep_alive_1.resumption_mean',
      'freeze.resumption_mean',
    ]);
    const [, first, second] = readFileSync(csv(), 'utf8').split('\n');
    expect(first).toMatch(/,nan$/);
    expect(second).toMatch(/,pass,nan,0\.0/);
    expect(readHistory(csv()).rows).toHaveLength(2);
  });

  it('loses no line of gates that end at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => addToHistory(csv(), result(0.02), clock)));
    expect(readHistory(csv()).rows).toHaveLength(10);
  });

  it('is not added to a file that is something else', async () => {
    writeFileSync(csv(), 'a,b\n1,2\n');
    await expect(addToHistory(csv(), result(0.02), clock)).rejects.toThrow(/--history: expected a CSV file of gates/);
    expect(readFileSync(csv(), 'utf8')).toBe('a,b\n1,2\n');
  });
});
