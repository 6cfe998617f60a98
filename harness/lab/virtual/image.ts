/**
 * The file system that the machine starts with, all of it in memory: programs and libraries of Debian packages that
 * set-up fetched, Node.js, and rsplab's own compiled code, bundled into few files, which load in a third of the time.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { GuestPackages } from '../../base/guest-packages.js';
import { packageRoot } from '../../base/package-root.js';
import { kernelModules } from '../guest/prepare.js';
import { archive, copyBusybox, copyModules, copyPrograms, makeFolders } from '../guest/tree.js';
import type { Home } from '../libraries.js';
import { bundle } from './bundle.js';

const programs = [
  ...['rspregistrar', 'rspserver', 'calcappclient', 'ip', 'tc', 'dumpcap', 'ping', 'kmod', 'nsenter', 'node', 'stdbuf'],
];
const cLibraryParts = ['libpthread.so.0', 'libdl.so.2', 'librt.so.1', 'libresolv.so.2', 'libutil.so.1'];
const machineName = 'the machine of the lab virtual';
/** What busybox stands in for. */
const applets = [...['sh', 'cat', 'mount', 'mkdir', 'stty', 'sync', 'sleep', 'tar', 'poweroff']];
const lateModules = ['virtio_pci', 'virtio_console'];

/** Writes the image, an archive as the kernel unpacks it (cpio, newc). The same input makes the same bytes. */
export async function makeImage(packages: GuestPackages, work: string): Promise<string> {
  const tree = join(work, 'tree');
  const to = (...path: string[]) => join(tree, ...path);
  makeFolders(tree, ['lib/modules', 'rsplab']);
  await copyPrograms(packages, machineName, programs, tree);
  copyCLibraryParts(packages, tree);
  copyBusybox(packages, applets, tree);
  const { root, kernelVersion } = packages;
  await copyModules({ root, kernelVersion }, [...kernelModules, ...lateModules], tree);
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
  ...{ name: machineName, root, loader, libraryFolders, interpreters: ['/bin/sh'] },
});

/** The C library's other parts, which nothing here needs, but a program from elsewhere may. */
function copyCLibraryParts({ libraryFolders }: GuestPackages, tree: string): void {
  for (const name of cLibraryParts) {
    const path = libraryFolders.map((folder) => join(folder, name)).find((it) => existsSync(it))!;
    copyFileSync(realpathSync(path), join(tree, 'usr/lib/x86_64-linux-gnu', basename(path)));
  }
}
