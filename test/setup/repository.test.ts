import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buildIsCurrent,
  commandIsLinked,
  linkCommand,
  packagesAreCurrent,
  recordBuild,
  sourceFingerprint,
} from '../../harness/setup/repository.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'repository-test-'));
  write('tsconfig.json', '{}');
  write('node_modules/typescript/package.json', '{}');
  write('harness/cli/main.ts', '');
  write('harness/setup/inline.mjs', '');
  write('package-lock.json', '');
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};

describe('the npm packages', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', optional: true },
  };
  const lists = (installed: object) => {
    write('package-lock.json', JSON.stringify({ packages: wanted }));
    write('node_modules/.package-lock.json', JSON.stringify({ packages: installed }));
  };

  it('are missing before npm has written its list', () => {
    write('package-lock.json', JSON.stringify({ packages: wanted }));
    expect(packagesAreCurrent(root)).toBe(false);
  });

  it('are current without those for other platforms', () => {
    lists({ 'node_modules/a': { version: '1.0.0' } });
    expect(packagesAreCurrent(root)).toBe(true);
  });

  it.each([
    ['another version', { 'node_modules/a': { version: '1.0.1' } }],
    ['one missing', { 'node_modules/b': { version: '1.0.0' } }],
    ['one too many', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '1.0.0' } }],
  ])('are stale with %s', (_, installed) => {
    lists(installed);
    expect(packagesAreCurrent(root)).toBe(false);
  });
});

describe('the build', () => {
  const build = () => {
    write('dist/harness/cli/main.js', '');
    recordBuild(root, sourceFingerprint(root));
  };

  it('is current once recorded, and stale when a source changes, comes or goes', () => {
    expect(buildIsCurrent(root)).toBe(false);
    build();
    expect(buildIsCurrent(root)).toBe(true);
    utimesSync(join(root, 'harness/cli/main.ts'), 1, 1);
    expect(buildIsCurrent(root)).toBe(false);
    build();
    write('reports/report.ts', '');
    expect(buildIsCurrent(root)).toBe(false);
    build();
    rmSync(join(root, 'reports/report.ts'));
    expect(buildIsCurrent(root)).toBe(false);
    build();
    // Packages become part of it.
    write('package-lock.json', '{}');
    expect(buildIsCurrent(root)).toBe(false);
  });

  it('keeps nothing of deleted sources', () => {
    for (const file of ['gone.js', 'gone.js.map', 'gone.d.ts']) write(`dist/harness/cli/${file}`, '');
    build();
    expect(existsSync(join(root, 'dist/harness/cli/gone.js'))).toBe(false);
    expect(existsSync(join(root, 'dist/harness/cli/gone.js.map'))).toBe(false);
    expect(existsSync(join(root, 'dist/harness/cli/gone.d.ts'))).toBe(false);
    expect(existsSync(join(root, 'dist/harness/cli/main.js'))).toBe(true);
  });
});

it('links the command again after a new build without the executable bit', () => {
  write('dist/harness/cli/main.js', '');
  expect(commandIsLinked(root)).toBe(false);
  linkCommand(root);
  expect(commandIsLinked(root)).toBe(true);
  rmSync(join(root, 'dist/harness/cli/main.js'));
  write('dist/harness/cli/main.js', '');
  expect(commandIsLinked(root)).toBe(false);
  linkCommand(root);
  expect(commandIsLinked(root)).toBe(true);
});
