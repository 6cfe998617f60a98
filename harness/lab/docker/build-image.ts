import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { badInput, labBroken } from '../../base/errors.js';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { imageFile, recipe } from './image.js';

/**
 * Makes the image's file from Debian's archive, without a registry and without an engine.
 * @param mirror of Debian's archive; without one mmdebstrap chooses
 * @throws HarnessError `bad-input` without mmdebstrap, `lab-broken` when it fails
 */
export async function buildImage(mirror?: string): Promise<string> {
  const file = imageFile();
  const tool = findTool('mmdebstrap');
  if (!tool) throw badInput('image: expected mmdebstrap, got none');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.part`;
  const what = [recipe.suite, part, ...(mirror === undefined ? [] : [mirror])];
  const result = await execa(tool, [...mmdebstrapOptions(process.getuid?.() === 0), ...what], {
    env: { ...toolEnvironment(), LC_ALL: 'C' },
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (result.failed) {
    rmSync(part, { force: true });
    const errors = result.all.split('\n').filter((line) => /^E: /.test(line));
    throw labBroken(`mmdebstrap made no image:\n  ${(errors.length > 0 ? errors : [result.all]).join('\n  ')}`);
  }
  renameSync(part, file);
  return file;
}

/**
 * Packages are unpacked and nothing of them is run, so that any user can, on any machine: `chrootless` needs neither
 * root's rights nor identifiers of users set aside.
 */
export function mmdebstrapOptions(isRoot: boolean): string[] {
  const fetch = `apt-get download ${recipe.alone.join(' ')}`;
  const archives = recipe.alone.map((name) => `${name}_*.deb`).join(' ');
  const unpack = `for each in ${archives}; do dpkg-deb --extract $each .; done`;
  return [
    ...[`--mode=${isRoot ? 'root' : 'chrootless'}`, '--variant=extract', '--format=tar'],
    `--include=${recipe.packages.join(',')}`,
    ...recipe.without.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--extract-hook=cd "$1" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" ${fetch} && ${unpack} && rm ./*.deb`,
  ];
}
