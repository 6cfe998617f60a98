/**
 * Where the programs are that rsplab runs. They may be installed on the machine, or set-up unpacked them into the
 * cache because it was not allowed to install anything. Nothing outside this file knows the layout of the cache.
 */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { cacheFolder } from './cache.js';

/** Every program of a lab, and the Debian package that brings it. */
export const toolPackages = {
  'qemu-system-x86_64': 'qemu-system-x86',
  cpio: 'cpio',
  'linux.uml': 'user-mode-linux',
  rspregistrar: 'rsplib-registrar',
  rspserver: 'rsplib-tools',
  calcappclient: 'rsplib-services',
  tshark: 'tshark',
  dumpcap: 'wireshark-common',
  ip: 'iproute2',
  tc: 'iproute2',
  ping: 'iputils-ping',
  modprobe: 'kmod',
  depmod: 'kmod',
} as const;

/** What a Docker Engine of the lab's own is made of, and the image of its hosts; fetched only when asked for. */
export const enginePackages = {
  dockerd: 'docker.io',
  containerd: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  runc: 'runc',
} as const;

export type ToolName = keyof typeof toolPackages;

export const toolNames = Object.keys(toolPackages) as ToolName[];

/** The absolute path of a program: on the machine, else in the cache; undefined when it is in neither. */
export const findTool = (name: string): string | undefined => findOnMachine(name) ?? findIn(rootFolders(), name);

/** As `findTool`, without what set-up unpacked. */
export const findOnMachine = (name: string): string | undefined => findIn(machineFolders(), name);

/**
 * What a program needs in its environment to run, and to find those it starts, from wherever they are. Inside a lab
 * kernel the user is another one, so the cache is named explicitly.
 */
export function toolEnvironment(): Record<string, string> {
  return {
    PATH: [...machineFolders(), ...rootFolders()].join(delimiter),
    RSPLAB_CACHE: cacheFolder(),
    ...rootEnvironment(toolRoot(), process.env.LD_LIBRARY_PATH),
  };
}

/** As `toolEnvironment`, for a Docker Engine of our own. */
export function engineEnvironment(): Record<string, string> {
  const environment = toolEnvironment();
  return { ...environment, ...rootEnvironment(engineRoot(), environment.LD_LIBRARY_PATH) };
}

/** Makes this the environment of our own process, too: what an outer rsplab passes to the one inside a lab kernel. */
export function adoptEnvironment(environment: Readonly<Record<string, string>>): void {
  Object.assign(process.env, environment);
}

/** The variables that make programs unpacked below `root` find their libraries and data there. */
export function rootEnvironment(root: string, libraryPath?: string): Record<string, string> {
  const libraries = libraryFolders(root);
  if (libraries.length === 0) return {};
  const data = {
    WIRESHARK_DATA_DIR: [join(root, 'usr/share/wireshark')],
    WIRESHARK_PLUGIN_DIR: libraries.map((folder) => join(folder, 'wireshark/plugins')),
    WIRESHARK_EXTCAP_DIR: libraries.map((folder) => join(folder, 'wireshark/extcap')),
    // Holds netem's delay distributions; Ubuntu has it outside the folder of the architecture.
    TC_LIB_DIR: [...libraries, join(root, 'usr/lib')].map((folder) => join(folder, 'tc')),
  };
  const found = Object.entries(data).map(([name, folders]) => [name, folders.find((each) => existsSync(each))]);
  return {
    LD_LIBRARY_PATH: [...(libraryPath ? [libraryPath] : []), ...libraries].join(delimiter),
    ...Object.fromEntries(found.filter(([, folder]) => folder !== undefined)),
  };
}

/** Where set-up unpacks packages. Named after the system, because libraries of another release would not fit. */
export const toolRoot = (): string => join(cacheFolder(), `tools-${systemName()}`);

/** What the machine of the lab `virtual` is made of. Named after the system, whose archive it comes from. */
export const guestFolder = (): string => join(cacheFolder(), `guest-${systemName()}`);

/** Where the engine is unpacked: apart from the other tools, which come and go as a whole. */
export const engineRoot = (): string => join(cacheFolder(), `engine-${systemName()}`);

/** The folder for `modprobe -d` inside the lab kernel; undefined until set-up prepared it for the installed kernel. */
export function umlModules(): string | undefined {
  const versions = umlModuleFolders();
  return versions.length > 0 && versions.every((each) => each.ready) ? umlModulesFolder() : undefined;
}

/** Where `umlModules` will be. */
export const umlModulesFolder = (): string => join(cacheFolder(), 'uml-modules');

/** The modules that came with the lab kernel (a folder per version), and whether they are prepared for use. */
export function umlModuleFolders(): { version: string; source: string; prepared: string; ready: boolean }[] {
  const kernel = findTool('linux.uml');
  if (kernel === undefined) return [];
  const modules = resolve(kernel, '../../lib/uml/modules');
  if (!existsSync(modules)) return [];
  return readdirSync(modules).map((version) => {
    const source = join(modules, version);
    const prepared = join(umlModulesFolder(), 'lib/modules', version);
    return { version, source, prepared, ready: isPrepared(source, prepared) };
  });
}

function isPrepared(source: string, prepared: string): boolean {
  const index = lstatSync(join(prepared, 'modules.dep'), { throwIfNoEntry: false });
  if (index === undefined || readlinkSync(join(prepared, 'kernel')) !== join(source, 'kernel')) return false;
  // A package keeps the times of its build; the change time tells when it was unpacked here.
  return index.mtimeMs >= statSync(source).ctimeMs;
}

// What ordinary users often lack in their PATH: ip, tc and modprobe live there.
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function machineFolders(): string[] {
  const asked = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  // An outer rsplab may have passed its own environment on to us.
  const roots = [toolRoot(), engineRoot()];
  const foreign = asked.filter((folder) => !roots.some((root) => folder.startsWith(root)));
  return [...new Set([...foreign, ...systemFolders])];
}

const rootFolders = (): string[] =>
  [toolRoot(), engineRoot()]
    .flatMap((root) => ['usr/sbin', 'usr/bin', 'sbin', 'bin'].map((folder) => join(root, folder)))
    .filter((folder) => existsSync(folder));

const libraryFolders = (root: string): string[] =>
  ['usr/lib', 'lib'].flatMap((folder) => {
    if (!existsSync(join(root, folder))) return [];
    const machines = readdirSync(join(root, folder)).filter((name) => /-linux-gnu/.test(name));
    return machines.map((name) => join(root, folder, name));
  });

const findIn = (folders: readonly string[], name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find((path) => isProgram(path));

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** As in `debian-12-x64`. */
function systemName(): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1];
  return [field('ID') ?? process.platform, field('VERSION_ID') ?? 'rolling', process.arch].join('-');
}
