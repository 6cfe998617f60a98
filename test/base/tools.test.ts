import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  findOnMachine,
  findTool,
  toolEnvironment,
  toolRoot,
  umlModuleFolders,
  umlModules,
} from '../../harness/base/tools.js';

let top: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'tools-test-'));
  vi.stubEnv('RSPLAB_CACHE', join(top, 'cache'));
  vi.stubEnv('PATH', join(top, 'bin'));
  vi.stubEnv('LD_LIBRARY_PATH', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(top, { recursive: true });
});

const file = (path: string, mode = 0o755) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '', { mode });
  return path;
};

describe('finding a tool', () => {
  it('prefers the machine to what was unpacked', () => {
    const unpacked = file(join(toolRoot(), 'usr/bin/probe'));
    expect(findTool('probe')).toBe(unpacked);
    expect(findOnMachine('probe')).toBeUndefined();
    const installed = file(join(top, 'bin/probe'));
    expect(findTool('probe')).toBe(installed);
  });

  it('passes over what this user may not run, and over folders', () => {
    file(join(top, 'bin/probe'), 0o644);
    mkdirSync(join(toolRoot(), 'usr/bin/probe'), { recursive: true });
    expect(findTool('probe')).toBeUndefined();
  });

  it('does not take an unpacked tool for an installed one inside another rsplab', () => {
    file(join(toolRoot(), 'usr/bin/probe'));
    vi.stubEnv('PATH', toolEnvironment().PATH);
    expect(findOnMachine('probe')).toBeUndefined();
  });
});

describe('the environment', () => {
  it('adds only the system folders and the cache when nothing was unpacked', () => {
    const { PATH, ...others } = toolEnvironment();
    expect(PATH).toBe(`${join(top, 'bin')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`);
    expect(others).toEqual({ RSPLAB_CACHE: join(top, 'cache') });
  });

  it('leads unpacked programs to their libraries and data, after what the user asked for', () => {
    vi.stubEnv('LD_LIBRARY_PATH', '/opt/lib');
    const root = toolRoot();
    const machine = join(root, 'usr/lib/x86_64-linux-gnu');
    file(join(machine, 'tc/normal.dist'));
    file(join(root, 'usr/share/wireshark/dfilters'));
    file(join(root, 'sbin/tc'));
    expect(toolEnvironment()).toMatchObject({
      PATH: expect.stringMatching(new RegExp(`:${root}/sbin$`)),
      LD_LIBRARY_PATH: `/opt/lib:${machine}`,
      TC_LIB_DIR: `${machine}/tc`,
      WIRESHARK_DATA_DIR: `${root}/usr/share/wireshark`,
    });
    expect(toolEnvironment()).not.toHaveProperty('WIRESHARK_PLUGIN_DIR');
  });
});

describe('the modules of the lab kernel', () => {
  const kernel = () => file(join(top, 'bin/linux.uml'));
  const modules = () => {
    mkdirSync(join(top, 'lib/uml/modules/6.1.0/kernel'), { recursive: true });
    return umlModuleFolders()[0]!;
  };
  const prepare = ({ source, prepared }: { source: string; prepared: string }) => {
    mkdirSync(prepared, { recursive: true });
    symlinkSync(join(source, 'kernel'), join(prepared, 'kernel'));
    return file(join(prepared, 'modules.dep'));
  };

  it('are named once they are prepared', () => {
    kernel();
    const folder = modules();
    expect(umlModules()).toBeUndefined();
    prepare(folder);
    expect(umlModules()).toBe(join(top, 'cache/uml-modules'));
  });

  it('want preparing again after an upgrade of the package', () => {
    kernel();
    const index = prepare(modules());
    utimesSync(index, 0, 0);
    expect(umlModules()).toBeUndefined();
  });

  it('want preparing again when the kernel is found elsewhere', () => {
    kernel();
    const folder = modules();
    prepare({ ...folder, source: '/elsewhere' });
    expect(umlModules()).toBeUndefined();
  });
});
