import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { answeredMost } from '../../reports/run/keep-alives.js';
import { writeRunReport } from '../../reports/run/report.js';
import { hour, small } from '../reports/experiments.js';
import { makeResults, removeResults, simulatedRun } from '../reports/run-folder.js';
import { missing, open, startBrowser, type WatchedPage } from './browser.js';

describe.skipIf(missing)(`keep-alives on the timeline${missing ? ` (${missing})` : ''}`, () => {
  let browser: Browser;
  let results: string;

  beforeAll(async () => {
    browser = await startBrowser();
    results = makeResults();
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
  const legend = (page: Page) => page.locator('.timeline .legend').textContent();
  const store = (folder: string, rows: readonly string[]) =>
    writeFileSync(join(folder, 'keepalives.csv'), `from,to,sentAt,answeredAt\n${rows.join('\n')}\n`);

  /** All that is said along the lane of the first of three users. */
  async function alongLane(page: Page): Promise<string> {
    const box = (await timeline(page).boundingBox())!;
    const texts: string[] = [];
    for (let x = 64; x < box.width; x += 6) {
      await page.mouse.move(box.x + x, box.y + box.height - 48);
      texts.push((await page.locator('.tip').textContent()) ?? '');
    }
    return texts.join('\n');
  }

  it('are told: those without an answer always, the others where one has zoomed in', async () => {
    const folder = await simulatedRun(results, small);
    const rows = Array.from({ length: 200 }, (_, at) => `pu1,pe1,${at + 0.5},${at === 30 ? '' : at + 0.52}`);
    store(folder, rows);
    const watched = await open(browser, writeRunReport(folder));
    const { page } = watched;
    await timeline(page).scrollIntoViewIfNeeded();
    expect(await legend(page)).toContain('zoom in to see them');
    const whole = await alongLane(page);
    expect(whole).toContain('keep-alive to pe1: no answer');
    expect(whole).not.toContain('answered after');
    for (let step = 0; step < 4; step++) await timeline(page).press('+');
    expect(await alongLane(page)).toMatch(/pu1 at [\s\S]*keep-alive to pe1, answered after 20 ms/);
    quiet(watched);
  });

  it('leave a page of an hour and 100 users below 5 MB, and are left out where they are more', async () => {
    const folder = await simulatedRun(results, hour);
    const random = randomFrom(1);
    // As irregular as in a lab, some without an answer.
    const rows = Array.from({ length: answeredMost + 500 }, (_, at) => {
      const [user, element] = [`pu${1 + ((at >> 1) % 100)}`, `pe${1 + ((at >> 9) % 10)}`];
      const sentAt = 300 + (at / (answeredMost + 500)) * 3600 + 0.2 * random.uniform();
      const delay = 0.02 + (random.uniform() < 0.2 ? 0.2 : 0.01) * random.uniform();
      const hosts = at % 2 === 0 ? [user, element] : [element, user];
      return [...hosts, sentAt.toFixed(6), at % 500 === 0 ? '' : (sentAt + delay).toFixed(6)].join(',');
    });
    store(folder, rows);
    const path = writeRunReport(folder);
    const full = statSync(path).size / 1e6;
    const watched = await open(browser, path);
    await timeline(watched.page).waitFor();
    for (let step = 0; step < 9; step++) await timeline(watched.page).press('+');
    expect(await legend(watched.page)).toContain('zoom in to see them');
    quiet(watched);
    store(folder, [...rows, ...rows.slice(1, 500)]);
    const cut = await open(browser, writeRunReport(folder));
    await timeline(cut.page).waitFor();
    expect(await legend(cut.page)).toMatch(/too many for one page.*keepalives\.csv/);
    console.log(
      `${rows.length} keep-alives: ${full.toFixed(2)} MB, left out: ${(statSync(path).size / 1e6).toFixed(2)} MB`,
    );
    expect(full).toBeLessThan(5);
    quiet(cut);
  });
});
