/** Pages from disk in Debian's Chromium, watched: whatever one complains about or asks for is written down. */
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../harness/setup/browser.js';

/** Why there is nothing to look with; undefined where there is. */
export const missing = findBrowser() ? undefined : 'Chromium is missing: apt-get install chromium';

export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, and exceptions that nobody caught. */
  readonly complaints: string[];
  /** Addresses of everything asked for, the page itself aside. */
  readonly requests: string[];
}

export function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser()!;
  // Root may not use the sandbox; pages in tests are our own.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath, args });
}

export async function open(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const own = pathToFileURL(path).href;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== own && !request.url().startsWith('data:')) requests.push(request.url());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(own);
  return { page, complaints, requests };
}
