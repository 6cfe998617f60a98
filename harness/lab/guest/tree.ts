/** File trees that lab kernels start with: programs of Debian packages with all that they need, and kernel modules. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { labBroken } from '../../base/errors.js';
import type { GuestPackages } from '../../base/guest-packages.js';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { librariesOf } from '../libraries.js';

const libraries = 'usr/lib/x86_64-linux-gnu';
/** What stdbuf has a program load before its own libraries. */
const stdbufLibrary = 'usr/libexec/coreutils/libstdbuf.so';

/** Folders that every Linux wants to have, and more. */
export function makeFolders(tree: string, more: readonly string[]): void {
  const folders = ['bin', 'usr/bin', libraries, 'lib64', 'proc', 'sys', 'dev', 'run', 'tmp', 'root', ...more];
  for (const folder of folders) mkdirSync(join(tree, folder), { recursive: true });
}

/**
 * Copies programs of the packages, with their libraries.
 * @param name of the machine where they are going to run, for people
 * @throws HarnessError `lab-broken` when the packages lack one, or what one needs
 */
export async function copyPrograms(
  { root, loader, libraryFolders }: GuestPackages,
  name: string,
  programs: readonly string[],
  tree: string,
): Promise<void> {
  const folders = ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((folder) => join(root, folder));
  const needed = new Set<string>();
  for (const file of programs) {
    const program = folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
    if (!program) throw labBroken(`${name}: its packages hold no ${file}; npm run setup fetches them`);
    copyFileSync(realpathSync(program), join(tree, 'usr/bin', file));
    const { paths, complaint } = await librariesOf(program, [], { name, root, loader, libraryFolders });
    if (complaint) throw labBroken(`${name}: ${file} needs libraries that its packages lack: ${complaint}`);
    for (const path of paths.values()) needed.add(path);
  }
  for (const path of needed) copyFileSync(realpathSync(path), join(tree, libraries, basename(path)));
  copyFileSync(realpathSync(loader), join(tree, 'lib64', basename(loader)));
  mkdirSync(dirname(join(tree, stdbufLibrary)), { recursive: true });
  copyFileSync(join(root, stdbufLibrary), join(tree, stdbufLibrary));
  // Tables of netem's distributions.
  cpSync(join(root, libraries, 'tc'), join(tree, libraries, 'tc'), { recursive: true, dereference: true });
  if (programs.includes('kmod')) symlinkSync('kmod', join(tree, 'usr/bin/modprobe'));
}

/** @param applets what busybox stands in for */
export function copyBusybox({ root }: GuestPackages, applets: readonly string[], tree: string): void {
  copyFileSync(realpathSync(join(root, 'bin/busybox')), join(tree, 'bin/busybox'));
  for (const name of applets) symlinkSync('busybox', join(tree, 'bin', name));
}

/**
 * Copies these modules, and those they need, with an index of them alone.
 * @param from `lib/modules` is below its root
 */
export async function copyModules(
  { root, kernelVersion }: { readonly root: string; readonly kernelVersion: string },
  modules: readonly string[],
  tree: string,
): Promise<void> {
  const environment = toolEnvironment();
  const [from, into] = [root, tree].map((folder) => join(folder, 'lib/modules', kernelVersion)) as [string, string];
  mkdirSync(into, { recursive: true });
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(into, name));
  }
  const options = ['-d', root, '-S', kernelVersion, '--show-depends', '--all', ...modules];
  const shown = await execa(findTool('modprobe')!, options, { env: environment });
  for (const [, path] of shown.stdout.matchAll(/^insmod (\S+)/gm)) {
    const target = join(into, path!.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path!, target);
  }
  await execa(findTool('depmod')!, ['-b', tree, kernelVersion], { env: environment });
}

/** Packs the tree as the kernel unpacks it (cpio, newc): names in order, no times and no owners of this machine. */
export async function archive(tree: string, file: string): Promise<string> {
  const names = readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) lutimesSync(join(tree, name), 0, 0);
  const options = ['--create', '--format=newc', '--reproducible', '--owner=0:0', '--quiet', `--file=${file}`];
  await execa(findTool('cpio')!, options, { cwd: tree, env: toolEnvironment(), input: `${names.join('\n')}\n` });
  return file;
}
