/** Whatever dies, nothing of ours is left on a remote host: no process, no impairment, no folder. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { waitFor } from '../../harness/base/wait.js';
import { identityOf, isAlive } from '../../harness/lab/lease.js';
import { Connection } from '../../harness/lab/remote/connection.js';
import { temporaryFolder } from '../temporary.js';
import { sshTest, startSshd } from './sshd.js';

const controller = fileURLToPath(new URL('inside/remote-controller.mjs', import.meta.url));
/** The supervisor's patience in these tests. */
const patience = 3;
/** It counts whole seconds, then cleans; and this machine may be busy with other things. */
const withinSeconds = 40;

interface Held {
  readonly controller: number;
  readonly ssh: number;
  readonly folder: string;
  readonly pid: number;
  readonly watch: number;
  readonly held: number;
}

/** @returns processes, of whatever group, that were started from this folder and live */
function marked(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`RSPLAB_HOLD=${folder}`) && lives(pid);
      } catch {
        return false;
      }
    });
}

const lives = (pid: number): boolean => {
  const identity = identityOf(pid);
  return identity !== undefined && isAlive(identity);
};
const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

/** Has another process hold something on a host, does this to it, and waits until nothing is left. */
async function expectNothingLeft(strike: (held: Held) => void, shell?: readonly string[]): Promise<void> {
  await using sshd = await startSshd({ hosts: ['there'], ...(shell && { shell }) });
  const folder = temporaryFolder();
  const [socket, healed] = [join(folder, 's'), join(folder, 'healed')];
  const child = spawn(process.execPath, [controller, sshd.config, 'there', socket, healed, String(patience)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout! }).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`the controller ended with ${code}`)));
    });
    const held: Held = { ...JSON.parse(line), controller: child.pid! };
    const before = () => marked(held.folder);
    await waitFor('what is held to be there', () => (before().length >= 3 ? true : undefined), {
      clock: realClock,
      withinSeconds,
    });
    expect(existsSync(healed)).toBe(false);
    strike(held);
    const left = () => ({
      processes: before(),
      supervisor: [held.pid, held.watch].filter(lives),
      ssh: lives(held.ssh),
      folder: existsSync(held.folder),
      healed: existsSync(healed),
    });
    const nothing = { processes: [], supervisor: [], ssh: false, folder: false, healed: true };
    const isOver = () => (JSON.stringify(left()) === JSON.stringify(nothing) ? true : undefined);
    await waitFor('nothing to be left', isOver, { clock: realClock, withinSeconds }).catch(() => {});
    expect(left()).toEqual(nothing);
  } finally {
    child.kill('SIGKILL');
  }
}

const strikes: [what: string, strike: (held: Held) => void][] = [
  ['the controller is killed', (it) => process.kill(it.controller, 'SIGKILL')],
  ['the controller is stopped', (it) => process.kill(it.controller, 'SIGSTOP')],
  ['the ssh client is killed', (it) => process.kill(it.ssh, 'SIGKILL')],
  [
    'the ssh client is stopped, then killed',
    (it) => {
      process.kill(it.ssh, 'SIGSTOP');
      setTimeout(() => process.kill(it.ssh, 'SIGKILL'), 8e3);
    },
  ],
  ['the session of sshd is killed', (it) => process.kill(parentOf(it.pid), 'SIGKILL')],
  ['the remote shell is killed', (it) => process.kill(it.pid, 'SIGKILL')],
  ['the remote shell is stopped', (it) => process.kill(it.pid, 'SIGSTOP')],
  ['the remote shell’s watch is killed', (it) => process.kill(it.watch, 'SIGKILL')],
];

describe('nothing is left on a host when', () => {
  sshTest.concurrent.each(strikes)('%s', (_, strike) => expectNothingLeft(strike));
});

describe('nor under busybox’s shell when', () => {
  const some = strikes.filter(([what]) => /controller|shell/.test(what));
  sshTest.concurrent.each(some)('%s', (_, strike) => expectNothingLeft(strike, ['busybox', 'sh']));
});

sshTest('a deadline ends what is held, however alive the connection is', async () => {
  await using sshd = await startSshd({ hosts: ['there'] });
  const target = { config: sshd.config, destination: 'there', socket: join(temporaryFolder(), 's') };
  let lost = '';
  const terms = { label: 'test', deadlineSeconds: 3 };
  const connection = await Connection.open(target, terms, realClock, (reason) => {
    lost = reason;
  });
  const { folder } = await connection.there;
  const held = await connection.start(['sleep', '1000'], 'held.log');
  await held.ended.catch(() => {});
  await waitFor('the folder to be gone', () => (existsSync(folder) ? undefined : true), {
    clock: realClock,
    withinSeconds,
  });
  expect(marked(folder)).toEqual([]);
  await waitFor('the loss', () => lost || undefined, { clock: realClock, withinSeconds });
  expect(lost).toMatch(/connection to there is gone/);
  await connection.close();
});
