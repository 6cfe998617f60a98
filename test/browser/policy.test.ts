/** Pages as other people's CI serves them: no script runs, and no style applies that is written into the page. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeFigure, writeIndex } from '../../reports/figure/figure-set.js';
import { figures } from '../../reports/figure/figures/index.js';
import { writeGateReport } from '../../reports/gate/report.js';
import { writeReports } from '../../reports/write.js';
import { around, gateResult, pointResult, side } from '../gate/cases.js';
import { small } from '../reports/experiments.js';
import { sweepWith } from '../reports/figure/data.js';
import { makeResults, removeResults, simulatedRun, writtenSweep } from '../reports/run-folder.js';
import { missing, startBrowser } from './browser.js';
import { type FolderServer, serveFolder } from './server.js';

/** A gate with a metric that got worse, and all others as they were. */
const slower = (level: number, count: number) => side({ 'resumption.mean': around(level, 0.05, count) });
const judged = gateResult([pointResult('slow', slower(0.02, 24), slower(0.05, 16))]);

/** What Jenkins sends with artifacts; other servers send much the same. */
const policy = "sandbox allow-scripts; default-src 'none'; img-src 'self'; style-src 'self'";

describe.skipIf(missing)(`pages under a CI server’s policy${missing ? ` (${missing})` : ''}`, () => {
  let browser: Browser;
  let results: string;
  let server: FolderServer;
  /** By what they are; each is in `plain/` as one file, and in `assets/` with its style and script beside it. */
  let pages: Record<'run' | 'sweep' | 'index' | 'figures' | 'gate', string>;

  beforeAll(async () => {
    browser = await startBrowser();
    results = makeResults();
    const plain = join(results, 'plain');
    const run = await simulatedRun(plain, small);
    const sweep = writtenSweep(plain);
    mkdirSync(join(results, 'assets'));
    cpSync(plain, join(results, 'assets'), { recursive: true });
    for (const assets of [false, true]) {
      const folder = join(results, assets ? 'assets' : 'plain');
      writeReports(folder, { assets });
      const drawing = join(folder, 'figures');
      const drawn = writeFigure(
        drawing,
        figures.find(({ name }) => name === '14')!,
        sweepWith([], 0, () => ({})),
      );
      writeIndex(drawing, [drawn], { assets });
      const gate = join(folder, 'gate');
      mkdirSync(gate);
      writeGateReport(gate, judged, { assets, into: gate, history: null });
    }
    const below = (path: string) => relative(plain, path);
    pages = {
      run: join(below(run), 'report.html'),
      sweep: join(below(sweep), 'report.html'),
      index: 'index.html',
      figures: 'figures/index.html',
      gate: 'gate/report.html',
    };
    server = await serveFolder(results, { 'content-security-policy': policy });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    removeResults(results);
  });

  let context: BrowserContext | undefined;
  afterEach(() => context?.close());

  /** One page at a time. */
  async function visit(address: string, options: object = {}): Promise<Page> {
    await context?.close();
    context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    await page.goto(address);
    return page;
  }
  const served = (folder: 'plain' | 'assets', page: string, options?: object) =>
    visit(server.address(`${folder}/${page}`), options);
  const fromDisk = (folder: 'plain' | 'assets', page: string, options?: object) =>
    visit(pathToFileURL(join(results, folder, page)).href, options);

  const styledLooks = async (kind: keyof typeof pages) =>
    looks(await fromDisk('plain', pages[kind], { javaScriptEnabled: false }));

  const kinds = ['run', 'sweep', 'index', 'figures', 'gate'] as const;

  it.each(kinds)('with --assets, the page of %s looks as it does from disk without scripts', async (kind) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const unscripted = await fromDisk('plain', pages[kind], { javaScriptEnabled: false, colorScheme });
      const expected = await unscripted.screenshot({ fullPage: true });
      const page = await served('assets', pages[kind], { colorScheme });
      expect((await page.screenshot({ fullPage: true })).equals(expected), colorScheme).toBe(true);
    }
  });

  it.each(kinds)('with --assets, the page of %s has no style in it, and works from disk as ever', async (kind) => {
    const text = readFileSync(join(results, 'assets', pages[kind]), 'utf8');
    expect(/<style|\sstyle=/.test(text)).toBe(false);
    // Its script has run when the button is there; what it draws then may still be on its way.
    const scripted = async (page: Page) => {
      if (kind !== 'figures') await page.getByRole('button', { name: 'Dark theme' }).waitFor();
      return page;
    };
    const expected = await settled(await scripted(await fromDisk('plain', pages[kind])));
    expect(await settled(await scripted(await fromDisk('assets', pages[kind])))).toEqual(expected);
  });

  it.each(kinds)(
    'in one file, the page of %s keeps the colours of its figures and lines in its tables',
    async (kind) => {
      const expected = await styledLooks(kind);
      for (const colorScheme of ['light', 'dark'] as const) {
        holds(await looks(await served('plain', pages[kind], { colorScheme })), expected);
      }
    },
  );

  it.each(kinds)('the page of %s holds what it says where all styles are stripped', async (kind) => {
    const expected = await styledLooks(kind);
    const text = readFileSync(join(results, 'plain', pages[kind]), 'utf8');
    const stripped = text
      .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, '')
      .replace(/<link[^>]*>/g, '')
      .replace(/\s(?:class|style)="[^"]*"/g, '');
    const path = join(results, 'plain', `${pages[kind]}.stripped.html`);
    writeFileSync(path, stripped);
    holds(await looks(await visit(pathToFileURL(path).href)), expected);
  });

  it('a long table says, without scripts, how much of it is shown and where the rest is', async () => {
    const page = await served('plain', pages.run);
    await page.locator('#timeline summary').click();
    expect(await page.locator('#timeline caption:visible').textContent()).toMatch(
      /the first 25 of \d+ rows; all are in requests\.csv/,
    );
  });

  it('nothing is wider than paper when it is printed, under the policy or not', async () => {
    for (const folder of ['plain', 'assets'] as const) {
      for (const kind of ['run', 'sweep'] as const) {
        // A4 at 96 dots per inch, less 1 cm on each side.
        const page = await served(folder, pages[kind], { viewport: { width: 718, height: 1000 } });
        await page.emulateMedia({ media: 'print' });
        const over = await page.evaluate(`Math.max(...[...document.querySelectorAll('figure svg')]
          .filter((svg) => svg.checkVisibility()).map((svg) => svg.getBoundingClientRect().right - innerWidth))`);
        expect(over, `${kind}, ${folder}`).toBeLessThanOrEqual(0);
        expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
      }
    }
  });

  /** A page without its style against the same one with it. */
  function holds({ marks, figures, cells }: Looks, styled: Looks): void {
    expect(marks).toEqual(styled.marks);
    expect(marks.filter((mark) => mark.startsWith('rgb(0, 0, 0)'))).toEqual([]);
    // Each figure once: the drawing for phones stays away.
    expect(figures).toBe(styled.figures);
    for (const cell of cells) expect(cell).toMatchObject({ line: true, room: true, aligned: true });
  }
});

interface Looks {
  readonly figures: number;
  /** Fill, stroke and width of every mark of every figure. */
  readonly marks: string[];
  readonly cells: { line: boolean; room: boolean; aligned: boolean }[];
}

/** As it looks when it has not changed for a while. */
async function settled(page: Page): Promise<Looks> {
  for (let before = await looks(page); ; ) {
    await page.waitForTimeout(500);
    const now = await looks(page);
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}

const looks = (page: Page): Promise<Looks> =>
  page.evaluate(`(() => {
    const shown = [...document.querySelectorAll('figure svg, li svg')].filter((it) => it.checkVisibility());
    const cells = [...document.querySelectorAll('td')].filter((it) => it.checkVisibility());
    return {
      figures: shown.length,
      marks: shown.flatMap((svg) => [...svg.querySelectorAll('rect, path, circle, line, text')].map((mark) => {
        const { fill, stroke, strokeWidth } = getComputedStyle(mark);
        return [fill, stroke, strokeWidth, mark.tagName].join(' ');
      })),
      cells: cells.map((cell) => {
        const { borderBottomWidth, paddingLeft, textAlign } = getComputedStyle(cell);
        const isNumber = /^[\\d.,−-]+$/.test(cell.textContent);
        return {
          line: parseFloat(borderBottomWidth) > 0,
          room: parseFloat(paddingLeft) > 1,
          aligned: !isNumber || /right/.test(textAlign) || !!cell.closest('[data-list]'),
        };
      }),
    };
  })()`) as Promise<Looks>;
