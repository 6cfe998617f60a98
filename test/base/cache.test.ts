import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cacheFolder, type Surroundings } from '../../harness/base/cache.js';

let top: string;
let here: Surroundings;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cache-test-'));
  here = { env: {}, home: join(top, 'home'), temporary: join(top, 'tmp'), uid: process.getuid!() };
  mkdirSync(here.home);
  mkdirSync(here.temporary);
});
afterEach(() => rmSync(top, { recursive: true }));

it('is where RSPLAB_CACHE says, before all others', () => {
  const env = { RSPLAB_CACHE: '/var/lab', XDG_CACHE_HOME: '/var/xdg' };
  expect(cacheFolder({ ...here, env })).toBe('/var/lab');
});

it('follows XDG_CACHE_HOME unless it is relative', () => {
  expect(cacheFolder({ ...here, env: { XDG_CACHE_HOME: '/var/xdg' } })).toBe('/var/xdg/rsplab');
  expect(cacheFolder({ ...here, env: { XDG_CACHE_HOME: 'xdg' } })).toBe(join(top, 'home/.cache/rsplab'));
});

it('is in the home folder, and makes nothing yet', () => {
  expect(cacheFolder(here)).toBe(join(top, 'home/.cache/rsplab'));
});

it.each(['/nonexistent', '/dev/null', ''])('is among the temporary files when the home folder is %j', (home) => {
  expect(cacheFolder({ ...here, home })).toBe(join(top, `tmp/rsplab-${here.uid}`));
});

it('accepts its own folder among the temporary files and refuses one that others may enter or own', () => {
  const nowhere = { ...here, home: '/nonexistent' };
  const folder = join(top, `tmp/rsplab-${here.uid}`);
  mkdirSync(folder, { mode: 0o700 });
  expect(cacheFolder(nowhere)).toBe(folder);
  chmodSync(folder, 0o755);
  expect(() => cacheFolder(nowhere)).toThrow(/only this user may enter.*RSPLAB_CACHE/);
  mkdirSync(join(top, `tmp/rsplab-${here.uid + 1}`), { mode: 0o700 });
  expect(() => cacheFolder({ ...nowhere, uid: here.uid + 1 })).toThrow(/others own/);
});

// Node.js throws for a user id that the machine's list does not have, as containers with any user id do.
it.skipIf(process.getuid?.() !== 0)('needs no home where another folder is named, and none at all', async () => {
  const nobody = 54_321;
  const compiled = new URL('../../dist/harness/base/cache.js', import.meta.url).href;
  const script = `import('${compiled}').then((cache) => console.log(cache.cacheFolder()))`;
  const answer = async (env: Record<string, string>) =>
    (await execa(process.execPath, ['-e', script], { uid: nobody, gid: nobody, extendEnv: false, env })).stdout;
  expect(await answer({ RSPLAB_CACHE: '/var/lab', TMPDIR: '/no/where' })).toBe('/var/lab');
  expect(await answer({ TMPDIR: '/no/where' })).toBe(`/tmp/rsplab-${nobody}`);
});
