import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adoptTemporaryFolder, temporaryFolder } from '../../harness/base/temporary.js';

let top: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'temporary-test-'));
});
afterAll(() => rmSync(top, { recursive: true }));

const made = (name: string) => {
  const folder = join(top, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

describe('temporary files', () => {
  it('go where TMPDIR says', () => expect(temporaryFolder([made('good'), '/tmp'])).toBe(join(top, 'good')));

  it.each<[string, () => string]>([
    ['has blanks', () => made('with blank')],
    ['is too long', () => made('x'.repeat(80))],
    ['is missing', () => join(top, 'nowhere')],
    ['is no path', () => 'somewhere'],
    [
      'is a file',
      () => {
        writeFileSync(join(top, 'file'), '');
        return join(top, 'file');
      },
    ],
  ])('go elsewhere where it %s', (_, folder) => {
    expect(temporaryFolder([folder(), made('good')])).toBe(join(top, 'good'));
  });

  it.skipIf(process.getuid?.() === 0)('go elsewhere where it is closed', () => {
    chmodSync(made('closed'), 0o500);
    expect(temporaryFolder([join(top, 'closed'), made('good')])).toBe(join(top, 'good'));
  });

  it('go nowhere with every reason', () => {
    expect(() => temporaryFolder(['/no/where', 'x y'])).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message:
          'TMPDIR: expected a folder for temporary files, got /no/where is no folder, x y is no plain absolute path',
      }),
    );
  });

  it('of libraries go there, too', () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = '/no/where';
    try {
      adoptTemporaryFolder();
      expect(process.env.TMPDIR).toBe('/tmp');
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});
