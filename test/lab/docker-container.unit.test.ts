/** The line to a container's main process, with the real one, but without a container around it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, type Writable } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Container } from '../../harness/lab/docker/container.js';
import { initCommand } from '../../harness/lab/docker/init.js';
import { processState } from '../../harness/lab/kernel.js';

let folder: string;
let end: () => void;
let container: Container;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'container-test-'));
  const main = spawn(initCommand[0]!, initCommand.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  end = () => main.stdin.end();
  const stub = {
    attach: async () => Duplex.from({ writable: main.stdin, readable: main.stdout }),
    start: async () => {},
    inspect: async () => ({ State: { Running: true, Pid: main.pid } }),
    modem: { demuxStream: (from: Duplex, to: Writable) => from.pipe(to) },
  };
  container = await Container.start('pe1', stub as unknown as Docker.Container);
});
afterEach(() => {
  end();
  rmSync(folder, { recursive: true });
});

const run = (...command: string[]) => container.run(command, { log: 'log', workingDirectory: folder });
const log = () => readFileSync(join(folder, 'log'), 'utf8');

it('starts components side by side, and tells how each ended', async () => {
  const script = (seconds: number, code: number) => ['sh', '-c', `sleep ${seconds}; echo ${code}; exit ${code}`];
  // Starting the second one may take a while on a machine that is busy with other things.
  const [slow, fast] = [await run(...script(3, 1)), await run(...script(0.2, 2))];
  expect(await Promise.all([slow.ended, fast.ended])).toEqual([
    { exitCode: 1, signal: null },
    { exitCode: 2, signal: null },
  ]);
  expect(log()).toBe('2\n1\n');
});

it('signals the component itself, at once', async () => {
  const component = await run('sleep', '60');
  component.signal('SIGSTOP');
  await expect.poll(() => processState(component.pid)).toBe('T');
  component.signal('SIGCONT');
  component.signal('SIGINT');
  expect(await component.ended).toEqual({ exitCode: null, signal: 'SIGINT' });
  expect(() => component.signal('SIGKILL')).toThrow('Cannot send SIGKILL');
});
