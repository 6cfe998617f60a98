import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePlan, relocateLinks } from '../../harness/setup/packages.js';

it('reads what apt-get would download', () => {
  const output = [
    'Reading package lists...',
    'The following NEW packages will be installed:',
    '  kmod libx11-data',
    "'http://example.org/pool/kmod_30%2b20221128-1_amd64.deb' kmod_30+20221128-1_amd64.deb 95180 SHA256:84",
    "'http://example.org/pool/libx11-data_1.8.4-2_all.deb' libx11-data_2%3a1.8.4-2_all.deb 291884 SHA256:3f",
  ].join('\n');
  expect(parsePlan(output)).toEqual([
    { name: 'kmod', exact: 'kmod:amd64=30+20221128-1', bytes: 95180 },
    { name: 'libx11-data', exact: 'libx11-data=2:1.8.4-2', bytes: 291884 },
  ]);
});

it('keeps absolute links inside the folder they were unpacked into', () => {
  const root = mkdtempSync(join(tmpdir(), 'links-test-'));
  try {
    for (const folder of ['bin', 'sbin', 'lib']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'bin/kmod'), 'unpacked');
    symlinkSync('/bin/kmod', join(root, 'sbin/modprobe'));
    symlinkSync('kmod', join(root, 'bin/lsmod'));
    symlinkSync('/missing/file', join(root, 'lib/dangling'));
    relocateLinks(root);
    expect(readFileSync(join(root, 'sbin/modprobe'), 'utf8')).toBe('unpacked');
    expect(readlinkSync(join(root, 'bin/lsmod'))).toBe('kmod');
    expect(lstatSync(join(root, 'lib/dangling')).isSymbolicLink()).toBe(true);
  } finally {
    rmSync(root, { recursive: true });
  }
});
