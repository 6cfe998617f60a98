/** `--assets` of the built command line: every page that a command writes has its style and script beside it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findRunFolders } from '../../harness/compare/load.js';
import { latestSweep } from '../../harness/sweep/folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const experiment = 'experiments/element-kill.ts';
const short = ['--set', 'keepAlive=1', '--set', 'measure=20'];
let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'assets-test-'));
});
afterAll(() => rmSync(out, { recursive: true }));

const rsplab = (...args: string[]) =>
  execa('node', [join(root, 'dist/harness/cli/main.js'), ...args], {
    ...{ cwd: root, reject: false, env: { RSPLAB_CACHE: join(out, 'cache') } },
  });

const isApart = (page: string) => !/<style|<script>/.test(readFileSync(page, 'utf8'));

it('run and report, of a run and of an index', { timeout: 180_000 }, async () => {
  const { exitCode } = await rsplab('run', experiment, '--on', 'sim', '--out', out, ...short, '--assets');
  expect(exitCode).toBe(0);
  const [folder] = findRunFolders(join(out, 'element-kill'));
  const page = join(folder!, 'report.html');
  for (const end of ['css', 'js']) expect(existsSync(join(folder!, `report.${end}`)), end).toBe(true);
  expect(isApart(page)).toBe(true);
  // They are part of the page, not of the results that it lists.
  expect(readFileSync(page, 'utf8')).not.toContain('>report.css<');
  await rsplab('report', folder!);
  expect(isApart(page)).toBe(false);
  await rsplab('report', out, '--all', '--assets');
  expect([page, join(out, 'index.html')].map(isApart)).toEqual([true, true]);
  expect(existsSync(join(out, 'index.css'))).toBe(true);
});

it('sweep and figures', { timeout: 180_000 }, async () => {
  await rsplab('sweep', experiment, '--replications', '2', '--out', out, ...short, '--assets');
  const folder = latestSweep(out, 'element-kill');
  expect(isApart(join(folder, 'report.html'))).toBe(true);
  expect(existsSync(join(folder, 'report.css'))).toBe(true);
  const figures = join(out, 'figures');
  await rsplab('figures', '14', '--quick', '--replications', '1', '--out', figures, '--assets');
  expect(isApart(join(figures, 'index.html'))).toBe(true);
  expect(existsSync(join(figures, 'index.css'))).toBe(true);
});
