import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guestFolder } from '../../harness/base/tools.js';
import { virtualFingerprint } from '../../harness/lab/virtual/fingerprint.js';

const setting = { nanosecondsPerInstruction: 4, memoryMiB: 2048 };
const versions = { 'linux-image-6.1.0-9-cloud-amd64': '6.1.27-1', 'rsplib-registrar': '3.4.4-1', node: '22.1.0' };
let folder = '';

/** A machine whose QEMU and packages are what a test says. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  vi.stubEnv('RSPLAB_CACHE', join(folder, 'cache'));
  vi.stubEnv('PATH', [join(folder, 'bin'), process.env.PATH].join(delimiter));
  put(join(folder, 'bin/qemu-system-x86_64'), 'QEMU 7.2');
  chmodSync(join(folder, 'bin/qemu-system-x86_64'), 0o755);
  put(join(guestFolder(), 'packages.json'), JSON.stringify(versions));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('the fingerprint', () => {
  it('is the same as long as nothing changes, and tells its parts', () => {
    const print = virtualFingerprint(setting);
    expect(virtualFingerprint({ ...setting })).toEqual(print);
    expect(print.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(print.parts).toMatchObject({
      ...{ kernel: '6.1.0-9-cloud-amd64', node: '22.1.0', nanosecondsPerInstruction: '4', memoryMiB: '2048' },
      ...{ qemu: expect.any(String), packages: expect.any(String), rsplab: expect.any(String) },
    });
  });

  it.each([
    ['QEMU', 'qemu', () => appendFileSync(join(folder, 'bin/qemu-system-x86_64'), ' patched')],
    [
      'a package',
      'packages',
      () => put(join(guestFolder(), 'packages.json'), JSON.stringify({ ...versions, 'rsplib-registrar': '3.4.5-1' })),
    ],
  ])('is another with another version of %s, and says which part', (_, part, change) => {
    const before = virtualFingerprint(setting);
    change();
    const after = virtualFingerprint(setting);
    expect(after.hash).not.toBe(before.hash);
    const changed = Object.keys(after.parts).filter((name) => after.parts[name] !== before.parts[name]);
    expect(changed).toEqual([part]);
  });

  it.each([{ nanosecondsPerInstruction: 2 }, { memoryMiB: 4096 }])('is another with the setting %j', (other) => {
    expect(virtualFingerprint({ ...setting, ...other }).hash).not.toBe(virtualFingerprint(setting).hash);
  });

  it('cannot be told where the machine’s packages are missing: bad input, with the remedy', () => {
    rmSync(guestFolder(), { recursive: true });
    expect(() => virtualFingerprint(setting)).toThrow(/expected QEMU and the packages.*npm run setup/);
  });
});
