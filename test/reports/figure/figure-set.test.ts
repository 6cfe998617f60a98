import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, test } from 'vitest';
import { realClock } from '../../../harness/base/clock.js';
import { loadExperiment } from '../../../harness/experiment/load.js';
import { gridOf } from '../../../harness/experiment/plan.js';
import { simSubject } from '../../../harness/run/sim-subject.js';
import { sweep } from '../../../harness/sweep/sweep.js';
import { isOfPaper } from '../../../reports/figure/figure.js';
import { type DrawnFigure, writeFigure, writeIndex } from '../../../reports/figure/figure-set.js';
import { figures } from '../../../reports/figure/figures/index.js';
import { sweepWith } from './data.js';

const folder = mkdtempSync(join(tmpdir(), 'rsplab-figures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const figure = (name: string) => figures.find((each) => each.name === name)!;

/** A small grid, few and short runs: enough for differences as large as the paper's. */
async function draw(name: string, thinner: Record<string, number[]>, measure = 1200): Promise<DrawnFigure> {
  const loaded = await loadExperiment(`experiments/${figure(name).experiment}.ts`);
  const finished = await sweep(loaded, {
    ...{
      subject: simSubject,
      seed: 1,
      replications: 6,
      restriction: { ...figure(name).grid, ...thinner },
      phases: { measure },
      jobs: 1,
    },
    ...{ out: join(folder, 'sweeps'), resume: null, clock: realClock, signal: new AbortController().signal },
  });
  return writeFigure(folder, figure(name), finished);
}

const verdictOf = (drawn: DrawnFigure, text: RegExp) =>
  drawn.claims.find((claim) => text.test(claim.text))?.finding.verdict;

describe('the paper’s figures', { timeout: 180_000 }, () => {
  test('are 7 to 14; each experiment has what its figure draws, asks something and expects something', async () => {
    const paper = figures.filter(isOfPaper);
    expect(paper.map(({ name }) => name)).toEqual(['7', '8', '9', '10', '11', '12', '13', '14']);
    for (const { experiment: name, x, curve, quick } of paper) {
      const { experiment, question, expectation } = await loadExperiment(`experiments/${name}.ts`);
      expect(experiment.name).toBe(name);
      expect(question).toMatch(/\?/);
      expect(expectation).toMatch(/section 5/);
      const varied = Object.keys(experiment.vary ?? {});
      expect(varied).toEqual(expect.arrayContaining(['variant', 'policy', x.name, curve.name, ...Object.keys(quick)]));
      expect(gridOf(experiment).length).toBeLessThanOrEqual(99);
    }
  });

  test('are written as SVG, PNG and CSV, with claims that small data can decide', async () => {
    const drawn = await draw('8', { clean: [0, 1], keepAlive: [1, 100] });
    expect(readdirSync(folder).filter((name) => name.startsWith('fig08'))).toEqual(
      ['handling-speed', 'utilisation'].flatMap((panel) => ['csv', 'png', 'svg'].map((end) => `fig08-${panel}.${end}`)),
    );
    const rows: Record<string, string>[] = parse(read('fig08-utilisation.csv'), { columns: true });
    expect(rows).toHaveLength(3 * 2 * 2);
    expect(rows[0]).toMatchObject({ policy: 'LeastUsed', keepAlive: '0.1', clean: '0', n: '6' });
    expect(Number(rows[0]!.ci95_low)).toBeLessThan(Number(rows[0]!.mean));
    expect(verdictOf(drawn, /fewer clean shutdowns, the higher/)).toBe('holds');
    expect(verdictOf(drawn, /Least Used handles requests faster/)).not.toBe('does not hold');
  });

  test('that it has not show a part of their experiment, on an axis of powers of ten where that is asked', async () => {
    const drawn = await draw('attack-reports-by-rate', { rate: [0.1, 10] }, 20);
    expect(drawn.panels[0]!.svg).toContain('>10<');
    expect(parse(read('attack-reports-by-rate-handling-speed.csv'))).toHaveLength(1 + 3 * 2 * 2);
    expect(verdictOf(drawn, /faster attacks slow/)).not.toBe('does not hold');
    const page = readFileSync(writeIndex(folder, [drawn]), 'utf8');
    expect(page).toContain('<h1>Figures beside the paper’s</h1>');
    expect(page).toContain('The paper does not have attack-reports-by-rate');
    expect(page).not.toContain('Dreibholz');
    for (const { experiment, grid = {}, x, curve } of figures.filter((each) => !isOfPaper(each))) {
      const { vary } = (await loadExperiment(`experiments/${experiment}.ts`)).experiment;
      expect(Object.keys(vary ?? {})).toEqual(
        expect.arrayContaining(['policy', x.name, curve.name, ...Object.keys(grid)]),
      );
    }
  });

  test('of a formula need no runs; 98 % at MTBF 10 costs 2.5 cookies per request', () => {
    const drawn = writeFigure(
      folder,
      figure('14'),
      sweepWith([], 0, () => ({})),
    );
    expect(drawn.claims[0]!.finding.numbers).toEqual(['2.5 cookies per request by the formula']);
    expect(drawn.claims.slice(1).map(({ finding }) => finding.verdict)).toEqual(['not enough data', 'not enough data']);
    const rows: Record<string, string>[] = parse(read('fig14-cookies.csv'), { columns: true });
    for (const { mtbf, goodput, mean } of rows) {
      expect(Number(mean)).toBeCloseTo(1 / (2 * Number(mtbf) * (1 - Number(goodput) / 100)), 6);
    }
  });

  test('come on one page that needs no other file and escapes what it is given', () => {
    const drawn = writeFigure(
      folder,
      figure('14'),
      sweepWith([], 0, () => ({})),
    );
    const page = readFileSync(writeIndex(folder, [drawn]), 'utf8');
    expect(page).toContain('&lt;b&gt;Why&lt;/b&gt; &amp; how?');
    expect(page).not.toMatch(/<script|<link|src=|url\(|@import/);
    expect(page.match(/href="(?!#)[^"]*"/g)).toEqual(['svg', 'png', 'csv'].map((end) => `href="fig14-cookies.${end}"`));
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page).toContain('prefers-color-scheme: dark');
    for (const { text } of drawn.claims) expect(page).toContain(text);
    expect(parse(read('claims.csv'), { columns: true })).toHaveLength(3);
  });

  test('say that they lack data instead of failing when runs are missing', () => {
    for (const each of [...figures.filter(isOfPaper), figure('attack-resolutions-by-attackers')]) {
      const drawn = writeFigure(
        folder,
        each,
        sweepWith([], 0, () => ({})),
      );
      const open = drawn.claims.filter(({ finding }) => finding.verdict !== 'not enough data');
      expect(open.map(({ text }) => text)).toEqual(each.name === '14' ? [each.claims[0]!.text] : []);
    }
  });
});
