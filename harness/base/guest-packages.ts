import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestFolder } from './tools.js';

/** What set-up fetched for the machine: Debian packages and Node.js, unpacked into one tree. */
export interface GuestPackages {
  readonly root: string;
  /** The tree's own, by which its programs run and tell their libraries. */
  readonly loader: string;
  /** Where its libraries are. */
  readonly libraryFolders: readonly string[];
  readonly kernel: string;
  readonly kernelVersion: string;
  /** Name and version of each. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Undefined until set-up has fetched them. */
export function guestPackages(folder = guestFolder()): GuestPackages | undefined {
  const list = join(folder, 'packages.json');
  if (!existsSync(list)) return undefined;
  const root = join(folder, 'root');
  const versions = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>;
  const image = Object.keys(versions).find((name) => /^linux-image-\d/.test(name))!;
  const kernelVersion = image.slice('linux-image-'.length);
  return {
    root,
    loader: join(root, 'lib64/ld-linux-x86-64.so.2'),
    libraryFolders: ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((name) => join(root, name)),
    kernel: join(root, 'boot', `vmlinuz-${kernelVersion}`),
    kernelVersion,
    versions,
  };
}
