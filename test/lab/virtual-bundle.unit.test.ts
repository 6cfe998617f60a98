import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, bundleModule } from '../../harness/lab/virtual/bundle.js';
import { jobs } from '../../harness/lab/virtual/jobs.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Every file below a folder with its text. */
const filesIn = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js') || name.endsWith('.json'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

describe('the code in the machine', () => {
  let folder = '';
  let files = new Map<string, string>();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
    for (const name of ['one', 'two']) mkdirSync(join(folder, name));
    await Promise.all(['one', 'two'].map((name) => bundle(join(folder, name))));
    files = filesIn(join(folder, 'one'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has each job where the list of jobs says', () => {
    expect(JSON.parse(files.get('jobs.json')!)).toEqual(jobs);
    for (const module of Object.values(jobs)) expect(files.get(join('dist', module))).toMatch(/export\s*\{[^}]*inside/);
  });

  it('is the same every time, or no snapshot would be worth its fingerprint', () => {
    expect([...filesIn(join(folder, 'two'))]).toEqual([...files]);
  });

  it('knows nothing of where it was made', () => {
    const telling = [...files].filter(([, text]) => text.includes(repository) || text.includes('import.meta.url'));
    expect(telling.map(([name]) => name)).toEqual([]);
  });

  it('is one text for a module of a test, without what needs an engine', async () => {
    const code = await bundleModule(fileURLToPath(new URL('./inside/faults.mjs', import.meta.url)));
    expect(code).toMatch(/export\s*\{[^}]*inside/);
    expect(code).not.toMatch(/^import .*dockerode/m);
    expect(code).not.toContain(repository);
  });
});
