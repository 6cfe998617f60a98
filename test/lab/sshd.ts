/** OpenSSH's server on addresses of loopback, with keys and a configuration of its own, for tests. */
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { test } from 'vitest';
import { findTool } from '../../harness/base/tools.js';
import { temporaryFolder } from '../temporary.js';

const server = findTool('sshd');
const works = server !== undefined && findTool('ssh') !== undefined && process.getuid?.() === 0;
if (!works) console.warn('Tests of remote hosts are skipped for want of root and Debian’s openssh-server');

/** `test`, where a server of SSH can run; skipped elsewhere. */
export const sshTest = test.skipIf(!works);

export interface Sshd extends AsyncDisposable {
  /** For `ssh -F`; has a host of every name that was asked for. */
  readonly config: string;
  readonly pid: number;
}

export interface SshdOptions {
  /** Names of hosts, all of them this machine. */
  readonly hosts: readonly string[];
  /** What is `sh` there; the machine's own by default. */
  readonly shell?: readonly string[];
  /** More programs, by name, as scripts. */
  readonly programs?: Readonly<Record<string, string>>;
}

export async function startSshd({ hosts, shell, programs = {} }: SshdOptions): Promise<Sshd> {
  const folder = temporaryFolder();
  const path = join(folder, 'bin');
  mkdirSync(path);
  if (shell) {
    const own = shell.length === 1 ? shell[0]! : undefined;
    if (own) symlinkSync(own, join(path, 'sh'));
    else writeFileSync(join(path, 'sh'), `#!/bin/dash\nexec ${shell.join(' ')} "$@"\n`, { mode: 0o755 });
  }
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(path, name), text, { mode: 0o755 });
  for (const key of ['host', 'user']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  const port = await freePort();
  const { stdout: hostKey } = await execa('cat', [join(folder, 'host.pub')]);
  writeFileSync(join(folder, 'known'), `[127.0.0.9]:${port} ${hostKey}\n`);
  const serverLines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.9',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'user.pub')}`,
    ...['PidFile none', 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin yes'],
    `SetEnv PATH=${path}:${process.env.PATH}`,
  ];
  writeFileSync(join(folder, 'sshd.conf'), `${serverLines.join('\n')}\n`);
  const clientLines = [
    `Host ${hosts.join(' ')}`,
    ...[`HostName 127.0.0.9`, `Port ${port}`, `IdentityFile ${join(folder, 'user')}`, 'IdentitiesOnly yes'],
    `UserKnownHostsFile ${join(folder, 'known')}`,
  ];
  const config = join(folder, 'ssh.conf');
  writeFileSync(config, `${clientLines.join('\n  ')}\n`);
  mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(server!, ['-D', '-e', '-f', join(folder, 'sshd.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text) => String(text).includes('Server listening') && resolve());
    child.on('exit', (code) => reject(new Error(`sshd ended with ${code}`)));
  });
  return {
    config,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.9');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
