import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guestPackages } from '../../harness/base/guest-packages.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('are not there until set-up has written their list', () => {
  expect(guestPackages(folder)).toBeUndefined();
});

it('tell the kernel by the one package that holds it', () => {
  // The package without a version names the newest one, and holds nothing.
  const versions = {
    'linux-image-cloud-amd64': '6.1.27-1',
    'linux-image-6.1.0-9-cloud-amd64': '6.1.27-1',
    iproute2: '6.1.0-3',
    node: '22.1.0',
  };
  writeFileSync(join(folder, 'packages.json'), JSON.stringify(versions));
  expect(guestPackages(folder)).toEqual({
    root: join(folder, 'root'),
    loader: join(folder, 'root/lib64/ld-linux-x86-64.so.2'),
    libraryFolders: ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((name) => join(folder, 'root', name)),
    kernel: join(folder, 'root/boot/vmlinuz-6.1.0-9-cloud-amd64'),
    kernelVersion: '6.1.0-9-cloud-amd64',
    versions,
  });
});
