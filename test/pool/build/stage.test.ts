/** Builds under test: what is found, what is copied with it, and what is refused before anything runs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findTool } from '../../../harness/base/tools.js';
import type { Home } from '../../../harness/lab/libraries.js';
import type { Programs } from '../../../harness/pool/build/programs.js';
import { commandsOf, stageBuild } from '../../../harness/pool/build/stage.js';
import { homeHere } from '../../../harness/run/build.js';
import { temporaryFolder } from '../../temporary.js';

/** A real one, with libraries of its own beside those of the C library. */
const program = findTool('rspserver');
const folder = temporaryFolder();
vi.stubEnv('RSPLAB_CACHE', join(folder, 'cache'));

const put = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content, { mode: 0o755 });
  return path;
};
const stage = (asked: Programs, there: Home = homeHere()) => stageBuild(asked, homeHere(), there);

describe('a build', () => {
  it('of nothing is none', async () => expect(await stage({})).toBeNull());

  it.skipIf(!program)('has the libraries that a program needs, and starts with them from anywhere', async () => {
    const build = (await stage({ rspserver: program! }))!;
    const names = build.files.map(({ path }) => path);
    expect(names).toContain('libexec/rspserver');
    expect(names.some((name) => name.startsWith('lib/librsplib.so.'))).toBe(true);
    // The C library goes with the loader of where it runs.
    expect(names.some((name) => /^lib\/(ld-|libc\.|libstdc)/.test(name))).toBe(false);
    expect(build.version).toMatch(/^\d+\.\d+\.\d+$/);
    const elsewhere = join(folder, 'else where');
    cpSync(build.folder, elsewhere, { recursive: true });
    const { rspserver } = commandsOf(build, elsewhere);
    // It says which arguments it knows, and ends.
    const ended = spawnSync(rspserver!, ['-nonsense'], { env: { LD_DEBUG: 'files' }, encoding: 'utf8' });
    expect(ended.stderr).toContain(`calling init: ${elsewhere}/bin/../lib/librsplib.so.`);
  });

  it.skipIf(!program)('is the same when it is the same, and another when a byte of a library is', async () => {
    const own = join(folder, 'own');
    const first = (await stage({ rspserver: program! }))!;
    cpSync(first.folder, own, { recursive: true });
    const again = (await stage({ rspserver: program! }))!;
    expect(again).toEqual(first);
    // As a folder of somebody's, whose libraries lie beside it.
    const library = first.files.find(({ path }) => path.startsWith('lib/librsplib'))!.path;
    mkdirSync(join(own, 'src'));
    cpSync(join(own, 'libexec/rspserver'), join(own, 'src/rspserver'));
    writeFileSync(join(own, library), Buffer.concat([readFileSync(join(own, library)), Buffer.of(0)]));
    const changed = (await stage({ rspserver: join(own, 'src/rspserver') }))!;
    expect(changed.hashes).toEqual(first.hashes);
    expect(changed.hash).not.toBe(first.hash);
  });

  it('stays what it was when its file changes meanwhile', async () => {
    const path = put('changing/rspserver', '#!/bin/sh\necho one\n');
    const build = (await stage({ rspserver: path }))!;
    put('changing/rspserver', '#!/bin/sh\necho two\n');
    expect(execFileSync(commandsOf(build, build.folder).rspserver!, { encoding: 'utf8' })).toBe('one\n');
    expect((await stage({ rspserver: path }))!.hash).not.toBe(build.hash);
  });

  it.each(['.', 'bin', 'usr/bin', 'src'])('is found in a folder, in %s', async (place) => {
    put(join('tree', place.replace('/', '-'), place, 'calcappclient'), '#!/bin/sh\n');
    const build = await stage({ calcappclient: join(folder, 'tree', place.replace('/', '-')) });
    expect(build!.files).toEqual([{ path: 'bin/calcappclient', executable: true }]);
  });

  it('is found below what Libtool left', async () => {
    put('libtool/rspserver', '#!/bin/sh\n# rspserver - temporary wrapper script for .libs/rspserver\n');
    put('libtool/.libs/rspserver', '#!/bin/sh\necho real\n');
    const build = (await stage({ rspserver: join(folder, 'libtool/rspserver') }))!;
    expect(execFileSync(commandsOf(build, build.folder).rspserver!, { encoding: 'utf8' })).toBe('real\n');
  });

  it('is found in Debian packages, together with what another one has', async () => {
    const archives = join(folder, 'archives');
    mkdirSync(archives);
    for (const [name, path] of [
      ['one', 'usr/bin/rspserver'],
      ['two', 'usr/bin/other'],
    ] as const) {
      put(`packages/${name}/${path}`, '#!/bin/sh\n');
      put(
        `packages/${name}/DEBIAN/control`,
        `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: me\nDescription: -\n`,
      );
      chmodSync(join(folder, 'packages', name, 'DEBIAN/control'), 0o644);
      execFileSync('dpkg-deb', ['--build', join(folder, 'packages', name), archives], { stdio: 'ignore' });
    }
    const inFolder = (await stage({ rspserver: archives }))!;
    expect(inFolder.files).toEqual([{ path: 'bin/rspserver', executable: true }]);
    expect((await stage({ rspserver: join(archives, 'one_1_all.deb') }))!.hash).toBe(inFolder.hash);
    await expect(stage({ rspserver: join(archives, 'two_1_all.deb') })).rejects.toThrow(
      /--with rspserver: expected a folder or package with rspserver in it, got .*two_1_all\.deb/,
    );
  });
});

describe('what cannot start is refused in a sentence', () => {
  const arm = Buffer.alloc(64);
  arm.write('\x7fELF\x02\x01\x01', 'latin1');
  arm.writeUInt16LE(183, 18);

  it.each<[string, string | Buffer, RegExp]>([
    ['another machine’s', arm, /--with rspserver: expected a program for x86-64, got .*, which is for arm64$/],
    ['no program', 'hello', /expected a program or a script, got .*, which is neither$/],
    [
      'a script of nobody’s',
      '#!/no/such/shell\n',
      /expected a script that this machine can run, got .*\/no\/such\/shell/,
    ],
    ['an empty file', '', /expected a program or a script/],
    ['a package that is none', Buffer.from('!<arch>'), /expected a program or a script/],
  ])('%s', async (name, content, message) => {
    const path = put(`bad/${name.length}/rspserver`, content);
    await expect(stage({ rspserver: path })).rejects.toThrow(message);
  });

  it.skipIf(!program)('one that lacks a library, or finds an older C library where it is to run', async () => {
    const empty = join(folder, 'empty-root');
    mkdirSync(empty, { recursive: true });
    const there: Home = { ...homeHere(), name: 'an empty machine', root: empty, libraryFolders: [] };
    await expect(stage({ rspserver: program! }, there)).rejects.toThrow(
      /--with rspserver: expected a program that an empty machine can start, got .*rspserver, which cannot there: \S+ not found/,
    );
    const script = put('script/rspserver', '#!/bin/bash\n');
    await expect(stage({ rspserver: script }, { ...there, interpreters: ['/bin/sh'] })).rejects.toThrow(
      /expected a script that an empty machine can run, got .*, whose \/bin\/bash is not there/,
    );
  });

  it.skipIf(!program)('one that wants a newer C library', async () => {
    const bytes = readFileSync(program!);
    const version = /GLIBC_2\.3\d(?=\0)/.exec(bytes.toString('latin1'))!;
    bytes.write('GLIBC_2.99', version.index, 'latin1');
    await expect(stage({ rspserver: put('newer/rspserver', bytes) })).rejects.toThrow(
      /--with rspserver: expected a program that can start, got .*, which cannot: version `GLIBC_2\.99' not found$/,
    );
  });

  it.skipIf(!program)('two programs of which each brings another library of the same name', async () => {
    const first = (await stage({ rspserver: program! }))!;
    const own = join(folder, 'two/lib');
    cpSync(join(first.folder, 'lib'), own, { recursive: true });
    const library = readdirSync(own).find((name) => name.startsWith('librsphsmgt'))!;
    writeFileSync(join(own, library), Buffer.concat([readFileSync(join(own, library)), Buffer.of(0)]));
    const registrar = put('two/bin/rspregistrar', readFileSync(findTool('rspregistrar')!));
    await expect(stage({ rspregistrar: registrar, rspserver: program! })).rejects.toThrow(
      /--with rspserver: expected the same librsphsmgt\S+ as the other programs have, got .*; give programs of one build/,
    );
  });

  it('leaves nothing half made', () => {
    const builds = join(folder, 'cache/builds');
    const left = existsSync(builds) ? execFileSync('ls', [builds], { encoding: 'utf8' }).split('\n') : [];
    expect(left.filter((name) => name.startsWith('new-'))).toEqual([]);
  });
});
