import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWithSimulation } from '../../harness/compare/compare.js';
import { loadRun } from '../../harness/compare/load.js';
import { pointOf } from '../../harness/compare/sample.js';
import { storeComparison } from '../../harness/compare/store.js';
import { writeRunReport } from '../../reports/run/report.js';
import { hour, small } from '../reports/experiments.js';
import { changedRun, makeResults, removeResults, simulatedRun } from '../reports/run-folder.js';
import { missing, open, startBrowser, type WatchedPage } from './browser.js';

const themes = ['light', 'dark'] as const;
const phone = { viewport: { width: 375, height: 700 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

describe.skipIf(missing)(`a run’s report in a browser${missing ? ` (${missing})` : ''}`, () => {
  let browser: Browser;
  let results: string;
  let folder: string;
  let report: string;

  beforeAll(async () => {
    browser = await startBrowser();
    results = makeResults();
    folder = await simulatedRun(results, small);
    const run = loadRun(folder);
    const point = compareWithSimulation(pointOf([run]), { replications: 4 });
    const about = { schemaVersion: 1 as const, experiment: 'small', measured: run.name, with: 'sim', confidence: 0.95 };
    storeComparison(folder, { ...about, points: [point] }, null);
    report = writeRunReport(folder);
  });
  afterAll(async () => {
    await browser?.close();
    removeResults(results);
  });

  const quiet = ({ complaints, requests }: WatchedPage) => {
    expect(complaints).toEqual([]);
    expect(requests.filter((address) => !address.startsWith('blob:'))).toEqual([]);
  };
  const timeline = (page: Page) => page.locator('.timeline[data-ready] canvas');

  it.each(themes)('shows its figures in the %s theme, complains about nothing and asks nobody', async (colorScheme) => {
    const watched = await open(browser, report, { colorScheme });
    const { page } = watched;
    await timeline(page).waitFor();
    const visible = await page.locator('figure svg[role=img]:visible').count();
    // Topology, stages, every failover, two distributions, speed, differences; the timeline is a canvas.
    expect(visible).toBe(7);
    expect(await page.locator('figure path:visible, figure rect:visible').count()).toBeGreaterThan(20);
    quiet(watched);
  });

  it('keeps its colours apart from the ground in both themes: 4.5 to 1 for text, 3 to 1 for marks (WCAG AA)', async () => {
    const { page } = await open(browser, report);
    for (const theme of themes) {
      const names = {
        text: ['ink', 'muted', 'accent', 'pass', 'fail', 'unknown'],
        marks: [
          'series-0',
          'series-1',
          'series-2',
          'series-3',
          'strong-line',
          'state-queued',
          'state-starting',
          'state-running',
          'state-stalled',
          'state-down',
          'network-0',
          'network-1',
          'network-2',
          'network-3',
        ],
        stages: ['stage-detection', 'stage-selection', 'stage-connection', 'stage-resumption'],
      };
      for (const name of names.text) {
        for (const ground of ['page', 'surface'])
          expect.soft(await contrast(page, name, ground, theme), `${name} on ${ground}, ${theme}`).toBeGreaterThan(4.5);
      }
      for (const name of [...names.marks, ...names.stages]) {
        expect.soft(await contrast(page, name, 'surface', theme), `${name}, ${theme}`).toBeGreaterThan(3);
      }
      for (const verdict of ['pass', 'fail', 'unknown']) {
        expect
          .soft(await contrast(page, verdict, `${verdict}-tint`, theme), `${verdict}, ${theme}`)
          .toBeGreaterThan(4.5);
      }
    }
  });

  it('tells what lies under the pointer, in figures and in the timeline', async () => {
    const watched = await open(browser, report);
    const { page } = watched;
    await page.locator('#failovers figure .wide [data-tip]').first().hover();
    expect(await page.locator('.tip').textContent()).toMatch(/detection: /);
    await timeline(page).scrollIntoViewIfNeeded();
    const box = (await timeline(page).boundingBox())!;
    const texts = new Set<string>();
    for (let step = 0; step < 12; step++) {
      await page.mouse.move(box.x + 80 + ((box.width - 100) * step) / 12, box.y + box.height - 12);
      await page.waitForTimeout(30);
      texts.add((await page.locator('.tip').textContent()) ?? '');
    }
    expect([...texts].join('\n')).toMatch(/pu3 at [\d.]+ s/);
    expect([...texts].join('\n')).toMatch(/request \d+ (is accepted|waits|looks)/);
    quiet(watched);
  });

  it('zooms the timeline by drag, buttons and keys, and finds failovers', async () => {
    const watched = await open(browser, report);
    const { page } = watched;
    const canvas = timeline(page);
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    const range = () => page.locator('[data-range]').textContent();
    await page.mouse.move(box.x + 300, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const dragged = await range();
    expect(dragged).toMatch(/ to /);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await range()).not.toBe(dragged);
    await canvas.focus();
    await page.keyboard.press('0');
    expect(await range()).toMatch(/^0 ms to /);
    await page.keyboard.press('n');
    expect(await range()).toMatch(/^Failover 1 of \d+: pu\d, request \d+: powerOff of pe\d/);
    quiet(watched);
  });

  it('shows only the hosts that are asked for', async () => {
    const { page } = await open(browser, report);
    const height = async () => (await timeline(page).boundingBox())!.height;
    const all = await height();
    await page.getByRole('searchbox', { name: 'Hosts' }).fill('pe2');
    expect(await height()).toBeLessThan(all);
    await page.getByRole('searchbox', { name: 'Hosts' }).fill('');
    expect(await height()).toBe(all);
  });

  it('can be used by keyboard: every control is reached, and none is a trap', async () => {
    const { page } = await open(browser, report);
    await timeline(page).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    const reached = new Set<string>();
    for (let step = 0; step < 200; step++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(
        'document.activeElement === document.body ? "" : document.activeElement.tagName + (document.activeElement.textContent || "").slice(0, 12)',
      );
      if (name === '') break;
      reached.add(String(name));
    }
    for (const expected of [
      'BUTTONDark theme',
      'CANVAS',
      'BUTTONSave SVG',
      'BUTTONSave PNG',
      'BUTTONSave as CSV',
      'SUMMARYData of this',
    ]) {
      expect([...reached]).toContain(expected);
    }
  });

  it('saves figures as SVG and PNG, and tables as CSV with every row', async () => {
    const watched = await open(browser, report, { colorScheme: 'dark' });
    const { page } = watched;
    const save = async (button: ReturnType<Page['locator']>) => {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      return { name: download.suggestedFilename(), bytes: readFileSync((await download.path())!) };
    };
    const svg = await save(page.locator('#failovers [data-save=svg]').first());
    expect(svg.name).toBe('small-stages.svg');
    expect(svg.bytes.toString()).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    // Of the light theme, whatever the page's is, and without anything that only the page knows.
    expect(svg.bytes.toString()).not.toMatch(/var\(|currentColor/);
    const still = await save(page.locator('#timeline [data-save=svg]'));
    expect(still.bytes.toString()).toMatch(/^<svg [^>]*aria-label="What each host did/);
    const png = await save(page.locator('#failovers [data-save=png]').first());
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    await page.locator('#timeline summary').click();
    const csv = await save(page.locator('[data-csv=table-requests]'));
    const rows = readFileSync(join(folder, 'requests.csv'), 'utf8').trimEnd().split('\n');
    expect(csv.bytes.toString().trimEnd().split('\n')).toHaveLength(rows.length);
    quiet(watched);
  });

  it('filters, sorts and turns over long tables', async () => {
    const { page } = await open(browser, report);
    await page.locator('#timeline summary').click();
    const table = page.locator('[data-table=table-requests]');
    await expect.poll(() => table.locator('[data-count]').textContent()).toMatch(/rows 1–50 of \d+/);
    await table.getByRole('button', { name: 'Next' }).click();
    expect(await table.locator('[data-count]').textContent()).toMatch(/rows 51–/);
    await table.getByRole('searchbox').fill('pu2');
    const users = await table.locator('tbody td:first-child').allTextContents();
    expect(new Set(users)).toEqual(new Set(['pu2']));
    await table.getByRole('button', { name: 'handling time' }).click();
    expect(await table.locator('th[aria-sort=ascending]').textContent()).toBe('handling time');
  });

  it('switches its theme', async () => {
    const { page } = await open(browser, report, { colorScheme: 'light' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await ground();
    await page.getByRole('button', { name: 'Dark theme' }).click();
    expect(await ground()).not.toBe(before);
    expect(await page.getByRole('button', { name: 'Light theme' }).count()).toBe(1);
  });

  it('fits a phone: nothing wider than the screen, and figures of its own', async () => {
    const watched = await open(browser, report, phone);
    const { page } = watched;
    await timeline(page).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await page.locator('figure .narrow svg:visible').count()).toBe(7);
    quiet(watched);
  });

  it('is complete on paper and without scripts: the timeline is there as a still picture', async () => {
    const { page } = await open(browser, report, { javaScriptEnabled: false });
    expect(await page.locator('#timeline svg[role=img]:visible').count()).toBe(1);
    const printed = await open(browser, report, { colorScheme: 'dark' });
    await timeline(printed.page).waitFor();
    await printed.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await printed.page.locator('#timeline svg[role=img]:visible').count()).toBe(1);
    expect(await printed.page.locator('nav:visible, button:visible').count()).toBe(0);
    expect(await printed.page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 35)');
  });

  it('renders hostile names harmless', async () => {
    const name = '</script><img src=x onerror=alert(1)><svg/onload=alert(2)>';
    const rename = (text: string) => text.replaceAll('pe1', `pe1${name}`).replaceAll('pu1', `pu1${name}`);
    const question = (text: string) => rename(text).replaceAll('Does the report', `${name} Does the report`);
    const hostile = changedRun(folder, 'hostile', {
      'plan.json': question,
      'events.ndjson': rename,
      'requests.csv': rename,
      'failovers.csv': rename,
      'summary.json': (text) =>
        rename(text)
          .replaceAll('"verdict": "pass"', '"verdict": "fail"')
          .replaceAll('"detail": "', `"detail": "${name}`),
      'comparison.json': (text) =>
        text.replaceAll('"findings": [', `"findings": ["${name}",`).replaceAll('deployment', `deployment${name}`),
    });
    const watched = await open(browser, writeRunReport(hostile));
    const { page } = watched;
    await timeline(page).waitFor();
    await page.keyboard.press('Tab');
    await timeline(page).focus();
    await page.keyboard.press('n');
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await page.locator('img, script[src]').count()).toBe(0);
    expect(await page.locator('.question').textContent()).toContain(name);
    expect((await page.locator('#failovers').textContent()) ?? '').toContain('<img src=x');
    quiet(watched);
  });

  it('stays below 5 MB for an hour of 100 users, and scrolls its timeline', async () => {
    const long = await simulatedRun(results, hour);
    const path = writeRunReport(long);
    const megabytes = statSync(path).size / 1e6;
    const started = process.hrtime.bigint();
    const watched = await open(browser, path);
    const { page } = watched;
    await timeline(page).waitFor();
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const requests = readFileSync(join(long, 'requests.csv'), 'utf8').trimEnd().split('\n').length - 1;
    const paint = await page.evaluate(`(async () => {
      const frame = document.querySelector('.timeline-frame');
      const began = performance.now();
      for (let step = 0; step < 30; step++) {
        frame.scrollTop = step * 20;
        await new Promise(requestAnimationFrame);
      }
      return (performance.now() - began) / 30;
    })()`);
    console.log(
      `an hour, 100 users, ${requests} requests: ${megabytes.toFixed(2)} MB, open and drawn after ${seconds.toFixed(2)} s, ` +
        `${Number(paint).toFixed(1)} ms per frame while scrolling`,
    );
    expect(megabytes).toBeLessThan(5);
    expect(Number(await page.evaluate("document.querySelector('.timeline-frame').scrollTop"))).toBeGreaterThan(500);
    quiet(watched);
  });
});

/** Of two colours of the style sheet, as WCAG defines it. */
async function contrast(page: Page, front: string, ground: string, theme: 'light' | 'dark'): Promise<number> {
  const colours = await page.evaluate(`(${JSON.stringify([front, ground])}).map((name) => {
    const probe = document.createElement('span');
    probe.style.colorScheme = '${theme}';
    probe.style.color = 'var(--' + name + ')';
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  })`);
  const luminances = (colours as string[]).map((colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g)!.map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  const [low, high] = luminances.sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
