import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { rsplibVersion } from '../../harness/run/versions.js';
import { temporaryFolder } from '../temporary.js';

/** Makes a program, and a library beside it or elsewhere. @returns the program's path */
function program(path: string, library: string | null, text = ''): string {
  const top = temporaryFolder();
  const file = join(top, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.replaceAll('TOP', top));
  chmodSync(file, 0o755);
  if (library !== null) {
    mkdirSync(dirname(join(top, library)), { recursive: true });
    writeFileSync(join(top, library), '');
  }
  return file;
}

it.each([
  ['of Debian', 'usr/bin/rspserver', 'usr/lib/x86_64-linux-gnu/librsplib.so.3.4.4', '3.4.4'],
  ['installed by hand', 'opt/bin/rspserver', 'opt/lib/librsplib.so.3.5.0', '3.5.0'],
  ['on a system with lib64', 'opt/bin/rspserver', 'opt/lib64/librsplib.so.3.5.1', '3.5.1'],
  ['in a build tree', 'rsplib/src/rspserver', 'rsplib/src/librsplib.so.4.0.1', '4.0.1'],
  ['in a build tree of libtool', 'rsplib/src/rspserver', 'rsplib/src/.libs/librsplib.so.4.0.2', '4.0.2'],
  ['alone', 'home/rspserver', null, null],
])('RSPLIB %s tells its version, or none, and never fails', (_, path, library, version) => {
  expect(rsplibVersion(program(path, library))).toBe(version);
});

it('is told for what a link or a wrapper leads to', () => {
  const real = program('rsplib/src/rspserver', 'rsplib/src/librsplib.so.4.0.1');
  const link = join(temporaryFolder(), 'rspserver');
  symlinkSync(real, link);
  expect(rsplibVersion(link)).toBe('4.0.1');
  expect(rsplibVersion(program('bin/rspserver', null, `#!/bin/sh\nexec nice ${real} "$@"\n`))).toBe('4.0.1');
  expect(rsplibVersion('/nowhere/at/all/bin/rspserver')).toBeNull();
  expect(rsplibVersion(undefined)).toBeNull();
});
