import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReports } from '../../reports/write.js';
import { small } from '../reports/experiments.js';
import { changedRun, makeResults, removeResults, simulatedRun } from '../reports/run-folder.js';
import { missing, open, startBrowser } from './browser.js';

describe.skipIf(missing)(`the index in a browser${missing ? ` (${missing})` : ''}`, () => {
  let browser: Browser;
  let results: string;

  beforeAll(async () => {
    browser = await startBrowser();
    results = makeResults();
    const first = await simulatedRun(results, small);
    await simulatedRun(results, small, { seed: 2, at: 60 });
    changedRun(first, '20000101-000000-cut', { 'summary.json': () => null });
    changedRun(first, '20000102-000000-evil', {
      'plan.json': (text) => text.replaceAll('"small"', '"<img src=x onerror=alert(1)>"'),
      'summary.json': (text) => text.replaceAll('"verdict": "pass"', '"verdict": "fail"'),
    });
    writeReports(results);
  });
  afterAll(async () => {
    await browser?.close();
    removeResults(results);
  });

  it('filters by word and by choice, keeps that in its address, and leads to reports', async () => {
    const { page, complaints, requests } = await open(browser, join(results, 'index.html'));
    const rows = page.locator('[data-list] tbody tr:visible');
    expect(await rows.count()).toBe(4);
    await page.getByLabel('Verdict').selectOption('unknown');
    expect(await rows.count()).toBe(1);
    expect(await page.locator('[data-shown]').textContent()).toBe('1 of 4 shown');
    await page.reload();
    expect(await rows.count()).toBe(1);
    await page.getByLabel('Search').fill('nothing like it');
    expect(await rows.count()).toBe(0);
    expect(await page.locator('[data-none]:visible').count()).toBe(1);
    await page.getByRole('button', { name: 'All' }).click();
    await expect.poll(() => rows.count()).toBe(4);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(requests.filter((address) => !address.includes('index.html'))).toEqual([]);
    await rows.first().getByRole('link', { name: 'small', exact: true }).click();
    expect(await page.locator('h1').textContent()).toBe('small');
  });
});
