/**
 * Fetching Debian packages, with root's rights and without. Both leave the choice of sources, versions and signatures
 * to the machine's own apt.
 */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { labBroken } from '../base/errors.js';
import { findOnMachine, toolEnvironment } from '../base/tools.js';
import type { Say } from './machine.js';

/** Installs packages on the machine. Needs root. */
export async function installPackages(packages: readonly string[], say: Say): Promise<void> {
  const options = ['-q', '-y', '-oDPkg::Lock::Timeout=300', '--no-install-recommends'];
  const install = () => apt([...options, 'install', ...packages]);
  const first = await install();
  if (first.failed) {
    // The lists are missing (a fresh machine) or older than the archive.
    const update = await apt(['-q', 'update']);
    const second = await install();
    if (second.failed) throw aptFailed([update, second], packages);
  }
  for (const name of packages.flatMap((each) => servicesOf[each] ?? [])) {
    say(`system tools: switching off the service ${name} that the package brings; whoever needs it starts his own`);
    await stopService(name);
  }
}

// Debian starts them at once and at each boot: a registrar would announce itself on the machine's real networks, and
// nobody wants servers for tests when no test runs.
const servicesOf: Record<string, readonly string[]> = {
  'rsplib-registrar': ['rsplib-registrar'],
  'redis-server': ['redis-server'],
  'slurm-wlm': ['slurmctld', 'slurmd'],
  munge: ['munge'],
  'openssh-server': ['ssh'],
};

async function stopService(name: string): Promise<void> {
  const options = { reject: false, stdin: 'ignore', env: toolEnvironment() } as const;
  await execa('update-rc.d', [name, 'disable'], options);
  await execa('invoke-rc.d', [name, 'stop'], options);
}

/**
 * Unpacks packages, with those they need and the machine lacks, below `root`. Needs no rights. `root` appears only
 * when it is complete, and replaces what was there.
 */
export async function unpackPackages(packages: readonly string[], root: string, say: Say): Promise<void> {
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 });
  const work = mkdtempSync(`${root}.new-`);
  try {
    const archives = await downloadPackages(packages, join(work, 'apt'), say);
    const unpacked = join(work, 'root');
    mkdirSync(unpacked);
    for (const archive of archives) await execa('dpkg', ['--extract', archive, unpacked], { env: toolEnvironment() });
    relocateLinks(unpacked);
    rmSync(root, { recursive: true, force: true });
    renameSync(unpacked, root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// Their Qt and graphics libraries (60 MB) are for a demonstration that no lab runs.
const withoutDependencies = new Set(['rsplib-services']);

// Mixing another release of these with the machine's own loader crashes every program.
const neverUnpacked = /^(libc6|libc-bin)$/;

export interface Archive {
  readonly file: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Downloads packages and all that they need, whatever this machine has installed. Needs no rights.
 * @param unused names of packages that may be missing
 * @param folder for apt's own files and the archives
 */
export async function downloadClosure(
  packages: readonly string[],
  unused: RegExp,
  folder: string,
  say: Say,
): Promise<Archive[]> {
  const options = [...ownFolders(folder), `-oDir::State::status=${join(folder, 'status')}`];
  writeFileSync(join(folder, 'status'), '');
  const update = await apt([...options, 'update']);
  const alone = packages.filter((name) => withoutDependencies.has(name));
  const others = packages.filter((name) => !withoutDependencies.has(name));
  const plan = await apt([...options, '-y', '--no-install-recommends', '--print-uris', 'install', ...others]);
  if (plan.failed) throw aptFailed([update, plan], packages);
  const needed = parsePlan(plan.stdout).filter(({ name }) => !unused.test(name));
  const megabytes = Math.round(needed.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
  say(`virtual machine: fetching ${needed.length + alone.length} packages, ${megabytes} MB`);
  const archives = join(folder, 'archives');
  const download = await apt([...options, 'download', ...needed.map(({ exact }) => exact), ...alone], archives);
  if (download.failed) throw aptFailed([download], packages);
  return readdirSync(archives).flatMap((file) => {
    const [, name, version] = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(file) ?? [];
    return name ? [{ file: join(archives, file), name, version: decodeURIComponent(version!) }] : [];
  });
}

/** @returns the paths of the fetched archives */
async function downloadPackages(packages: readonly string[], folder: string, say: Say): Promise<string[]> {
  const options = ownFolders(folder);
  const update = await apt([...options, 'update']);
  // A failed update is not the end: hooks that only root can run fail here, and the lists are complete all the same.
  const alone = packages.filter((name) => withoutDependencies.has(name));
  const others = packages.filter((name) => !withoutDependencies.has(name));
  // Reinstall: a package may be there, yet of no use to this user, as dumpcap is to those outside its group.
  const plan = await apt([
    ...options,
    '-y',
    '--reinstall',
    '--no-install-recommends',
    '--print-uris',
    'install',
    ...others,
  ]);
  if (plan.failed) throw aptFailed([update, plan], packages);
  const needed = parsePlan(plan.stdout).filter(({ name }) => !neverUnpacked.test(name));
  const megabytes = Math.round(needed.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
  say(`system tools: fetching ${needed.length + alone.length} packages, ${megabytes} MB`);
  const archives = join(folder, 'archives');
  const download = await apt([...options, 'download', ...needed.map(({ exact }) => exact), ...alone], archives);
  if (download.failed) throw aptFailed([download], packages);
  return readdirSync(archives)
    .filter((file) => file.endsWith('.deb'))
    .map((file) => join(archives, file));
}

/** Makes apt keep everything that it writes below `folder`, and read what is installed from the machine. */
function ownFolders(folder: string): string[] {
  for (const each of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, each), { recursive: true });
  return [
    '-q',
    `-oDir::State::lists=${join(folder, 'lists')}`,
    `-oDir::Cache=${folder}`,
    `-oDir::Cache::archives=${join(folder, 'archives')}`,
    '-oDir::State::status=/var/lib/dpkg/status',
    '-oDebug::NoLocking=true',
    '-oAcquire::Languages=none',
  ];
}

/** One package of `apt-get --print-uris`; `exact` is what `apt-get download` wants to hear. */
export interface PlannedPackage {
  name: string;
  exact: string;
  bytes: number;
}

/** Reads lines like `'http://…/kmod_30%2b2_amd64.deb' kmod_30+2_amd64.deb 95180 SHA256:…`. */
export function parsePlan(output: string): PlannedPackage[] {
  const lines = [...output.matchAll(/^'[^']*' ([^_\s]+)_([^_\s]+)_([^_\s]+)\.deb (\d+)/gm)];
  return lines.map(([, name, version, architecture, bytes]) => ({
    name: name!,
    exact: `${name}${architecture === 'all' ? '' : `:${architecture}`}=${decodeURIComponent(version!)}`,
    bytes: Number(bytes),
  }));
}

/** Makes absolute links stay below `root`: Debian's /sbin/modprobe points to /bin/kmod. */
export function relocateLinks(root: string): void {
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, entry);
    if (!lstatSync(path).isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith('/')) continue;
    rmSync(path);
    symlinkSync(relative(dirname(path), join(root, target)), path);
  }
}

type Outcome = Awaited<ReturnType<typeof apt>>;

function apt(options: readonly string[], cwd?: string) {
  return execa(findOnMachine('apt-get') ?? 'apt-get', options, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...toolEnvironment(), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    stdin: 'ignore',
    all: true,
    reject: false,
  });
}

function aptFailed(outcomes: readonly Outcome[], packages: readonly string[]): Error {
  const said = outcomes.flatMap((each) => (each.all ?? '').split('\n'));
  const errors = said.filter((line) => /^[EW]: /.test(line));
  const tail = (errors.length > 0 ? errors : said.slice(-10)).join('\n  ');
  return labBroken(`System tools: apt-get could not get ${packages.join(', ')}:\n  ${tail}`);
}
