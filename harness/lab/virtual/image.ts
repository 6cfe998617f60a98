/**
 * The file system that the machine starts with, all of it in memory: programs and libraries of Debian packages that
 * set-up fetched, Node.js, and rsplab's own compiled code, bundled into few files, which load in a third of the time.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { labBroken } from '../../base/errors.js';
import type { GuestPackages } from '../../base/guest-packages.js';
import { packageRoot } from '../../base/package-root.js';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { kernelModules } from '../guest/prepare.js';
import { type Home, librariesOf } from '../libraries.js';
import { bundle } from './bundle.js';

const programs = [
  ...['rspregistrar', 'rspserver', 'calcappclient', 'ip', 'tc', 'dumpcap', 'ping', 'kmod', 'nsenter', 'node', 'stdbuf'],
];
const cLibraryParts = ['libpthread.so.0', 'libdl.so.2', 'librt.so.1', 'libresolv.so.2', 'libutil.so.1'];
/** What stdbuf has a program load before its own libraries. */
const stdbufLibrary = 'usr/libexec/coreutils/libstdbuf.so';
/** What busybox stands in for. */
const applets = [...['sh', 'cat', 'mount', 'mkdir', 'stty', 'sync', 'sleep', 'tar', 'poweroff']];
const lateModules = ['virtio_pci', 'virtio_console'];

/** Writes the image, an archive as the kernel unpacks it (cpio, newc). The same input makes the same bytes. */
export async function makeImage(packages: GuestPackages, work: string): Promise<string> {
  const tree = join(work, 'tree');
  const to = (...path: string[]) => join(tree, ...path);
  for (const folder of [
    'bin',
    'usr/bin',
    'usr/lib',
    'lib64',
    'lib/modules',
    'rsplab',
    'proc',
    'sys',
    'dev',
    'run',
    'tmp',
    'root',
  ]) {
    mkdirSync(to(folder), { recursive: true });
  }
  await copyPrograms(packages, tree);
  await copyModules(packages, tree);
  const distributions = 'usr/lib/x86_64-linux-gnu/tc';
  cpSync(join(packages.root, distributions), to(distributions), { recursive: true, dereference: true });
  await bundle(to('rsplab'));
  const here = packageRoot(import.meta.url);
  for (const name of ['koffi', '@koromix/koffi-linux-x64']) {
    cpSync(join(here, 'node_modules', name), to('rsplab/node_modules', name), { recursive: true });
  }
  copyFileSync(join(here, 'harness/lab/virtual/init.sh'), to('init'));
  chmodSync(to('init'), 0o755);
  writeFileSync(to('rsplab/modules'), kernelModules.join(' '));
  return archive(tree, join(work, 'image.cpio'));
}

/** The machine's own file system, where programs and scripts from elsewhere will run. */
export const guestHome = ({ root, loader, libraryFolders }: GuestPackages): Home => ({
  ...{ name: 'the machine of the lab virtual', root, loader, libraryFolders, interpreters: ['/bin/sh'] },
});

async function copyPrograms(packages: GuestPackages, tree: string): Promise<void> {
  const { root, loader, libraryFolders } = packages;
  const folders = ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((folder) => join(root, folder));
  const needed = new Set<string>();
  for (const name of programs) {
    const program = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (!program)
      throw labBroken(`lab virtual: the packages for its machine hold no ${name}; npm run setup fetches them`);
    copyFileSync(realpathSync(program), join(tree, 'usr/bin', name));
    const { paths, complaint } = await librariesOf(program, [], guestHome(packages));
    if (complaint) throw labBroken(`lab virtual: ${name} needs libraries that its packages lack: ${complaint}`);
    for (const path of paths.values()) needed.add(path);
  }
  // The C library's other parts, which nothing here needs, but a program from elsewhere may.
  const inPackages = (name: string) =>
    libraryFolders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  for (const name of cLibraryParts) needed.add(inPackages(name)!);
  const into = join(tree, 'usr/lib/x86_64-linux-gnu');
  mkdirSync(into, { recursive: true });
  for (const path of needed) copyFileSync(realpathSync(path), join(into, basename(path)));
  copyFileSync(realpathSync(loader), join(tree, 'lib64', basename(loader)));
  mkdirSync(dirname(join(tree, stdbufLibrary)), { recursive: true });
  copyFileSync(join(root, stdbufLibrary), join(tree, stdbufLibrary));
  copyFileSync(realpathSync(join(root, 'bin/busybox')), join(tree, 'bin/busybox'));
  for (const name of applets) symlinkSync('busybox', join(tree, 'bin', name));
  symlinkSync('kmod', join(tree, 'usr/bin/modprobe'));
}

/** Those modules that jobs need, and those they need, with an index of them alone. */
async function copyModules({ root, kernelVersion }: GuestPackages, tree: string): Promise<void> {
  const environment = toolEnvironment();
  const [from, into] = [root, tree].map((folder) => join(folder, 'lib/modules', kernelVersion)) as [string, string];
  mkdirSync(into, { recursive: true });
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    copyFileSync(join(from, name), join(into, name));
  }
  const asked = [...kernelModules, ...lateModules];
  const shown = await execa(
    findTool('modprobe')!,
    ['-d', root, '-S', kernelVersion, '--show-depends', '--all', ...asked],
    { env: environment },
  );
  for (const [, path] of shown.stdout.matchAll(/^insmod (\S+)/gm)) {
    const target = join(into, path!.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path!, target);
  }
  await execa(findTool('depmod')!, ['-b', tree, kernelVersion], { env: environment });
}

/** Names in order, no times and no owners of this machine. */
async function archive(tree: string, file: string): Promise<string> {
  const names = readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) lutimesSync(join(tree, name), 0, 0);
  const options = ['--create', '--format=newc', '--reproducible', '--owner=0:0', '--quiet', `--file=${file}`];
  await execa(findTool('cpio')!, options, { cwd: tree, env: toolEnvironment(), input: `${names.join('\n')}\n` });
  return file;
}
