import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isNoexec, memoryFolder } from '../../harness/lab/uml/memory.js';

const mountinfo = [
  '21 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
  '22 21 0:20 / /dev rw,nosuid - devtmpfs devtmpfs rw',
  '23 22 0:21 / /dev/shm rw,nosuid,nodev,noexec - tmpfs tmpfs rw',
  '24 21 0:22 / /a\\040b rw,noexec - tmpfs tmpfs rw',
  '25 24 0:23 / /a\\040b/c rw - tmpfs tmpfs rw',
  '26 21 0:24 / /over rw,noexec - tmpfs tmpfs rw',
  '27 26 0:25 / /over rw - tmpfs tmpfs rw',
  '',
].join('\n');

it.each([
  ['/dev/shm', true],
  ['/dev/shm/x', true],
  ['/dev/shmx', false],
  ['/tmp', false],
  ['/a b', true],
  ['/a b/c', false],
  ['/over/x', false],
])('programs in %s cannot be run: %s', (folder, expected) => expect(isNoexec(folder, mountinfo)).toBe(expected));

it('a lab kernel’s memory goes to the first folder with room for it, or nowhere, with every reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memory-test-'));
  try {
    expect(memoryFolder(1, ['/no-such-folder', folder])).toBe(folder);
    const far = 1e9;
    expect(() => memoryFolder(far, ['/no-such-folder', folder])).toThrow(
      expect.objectContaining({
        code: 'lab-broken',
        message: expect.stringMatching(
          /^lab uml: expected a folder for 1000000000 MiB of a lab kernel's memory, got \/no-such-folder is missing or closed to us; .* has room for \d+ MiB; TMPDIR may name another one$/,
        ),
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
