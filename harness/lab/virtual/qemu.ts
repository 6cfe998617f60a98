import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { badInput, labBroken } from '../../base/errors.js';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { killGroup } from '../process.js';
import { runToBreakpoint } from './breakpoint.js';
import { descriptors, type MachineFiles, type MachineSetting, machineCommand } from './machine.js';
import { Monitor } from './monitor.js';
import { takeProcessor } from './processor.js';

/** A machine that QEMU has made, and that does nothing yet. */
export interface Machine {
  readonly pid: number;
  /** The first serial line. */
  readonly console: Duplex;
  readonly monitor: Monitor;
  /** Of a machine that boots, these two: QEMU's debugger, and its monitor for programs, which can save the state. */
  readonly debugger: Duplex;
  readonly saver: Duplex;
  /** Resolves with QEMU's last words when it is gone. */
  readonly ended: Promise<string>;
  kill(): void;
}

export interface MachineOptions {
  readonly files: MachineFiles;
  readonly setting: MachineSetting;
  /** Where QEMU works. */
  readonly folder: string;
  /** The state to go on from, of a machine whose memory the files name; without one the machine boots. */
  readonly state?: string;
}

/**
 * Starts QEMU. Should this process be killed, the kernel ends QEMU with it.
 * @returns the machine, at its beginning or at its pause, according to its state
 * @throws HarnessError `bad-input` where QEMU is missing, `lab-broken` when it does not start or take the state
 */
export async function startMachine({ files, setting, folder, state }: MachineOptions): Promise<Machine> {
  const handle = state === undefined ? undefined : await open(state);
  try {
    const machine = await spawnQemu(files, setting, folder, handle?.fd);
    if (handle) await loadState(machine);
    return machine;
  } finally {
    await handle?.close();
  }
}

async function spawnQemu(
  files: MachineFiles,
  setting: MachineSetting,
  folder: string,
  state: number | undefined,
): Promise<Machine> {
  const from = state === undefined ? 'boot' : 'snapshot';
  const qemu = findTool('qemu-system-x86_64');
  if (!qemu) throw badInput('lab virtual: expected QEMU, got none; `npm run setup` gets it');
  const processor = takeProcessor();
  const place = processor ? ['taskset', '--cpu-list', String(processor.number)] : [];
  const command = ['--pdeathsig', 'KILL', '--', ...place, qemu, ...machineCommand(files, setting, from)];
  const child = execa('setpriv', command, {
    cwd: folder,
    env: toolEnvironment(),
    buffer: false,
    reject: false,
    // A process group of its own: Ctrl-C in the terminal is for us, who then ask the job to stop.
    detached: true,
    // Any file descriptor works; execa's types name only the standard ones.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe', state === undefined ? 'pipe' : (state as 0)],
  });
  const { pid } = child;
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-2000);
  });
  const ended = child.then(({ signal, exitCode }) => {
    processor?.release();
    return words.trim() || String(signal ?? exitCode);
  });
  if (pid === undefined) throw labBroken(`QEMU cannot be started: ${await ended}`);
  const pipes = child.stdio as unknown as readonly Duplex[];
  const pipe = (name: keyof typeof descriptors) => pipes[descriptors[name]]!;
  const [console, debug, saver] = [pipe('console'), pipe('debugger'), pipe('saver')];
  for (const each of [console, debug, saver]) each?.on('error', () => {});
  const monitor = new Monitor(pipe('monitor'));
  const machine = { pid, console, monitor, debugger: debug, saver, ended, kill: () => killGroup(pid) };
  try {
    await monitor.ask('info status');
  } catch (cause) {
    throw labBroken(`QEMU did not start the machine: ${await ended}`, cause);
  }
  return machine;
}

async function loadState(machine: Machine): Promise<void> {
  const { monitor } = machine;
  try {
    await monitor.tell(`migrate_incoming fd:${descriptors.state}`);
    while ((await monitor.ask('info status')).includes('(inmigrate)')) await sleep(5);
  } catch (cause) {
    machine.kill();
    throw labBroken(`The machine does not go on from its snapshot: ${await machine.ended}`, cause);
  }
}

/**
 * Writes the state of a paused machine, all but its memory, which lies in a file of its own. Of QEMU's ways to do so
 * this is the one that works while it records.
 * @throws HarnessError `lab-broken` when QEMU cannot
 */
export async function saveState({ saver }: Machine, file: string): Promise<void> {
  const answers = createInterface({ input: saver })[Symbol.asyncIterator]();
  const ask = async (command: string, input?: object) => {
    saver.write(`${JSON.stringify({ execute: command, arguments: input })}\n`);
    for (;;) {
      const { value: line, done } = await answers.next();
      if (done) throw labBroken('QEMU ended before it had saved its state');
      const { return: answer, error } = JSON.parse(line) as { return?: object; error?: { desc: string } };
      if (error) throw labBroken(`QEMU cannot save its state: ${error.desc}`);
      if (answer) return;
    }
  };
  await ask('qmp_capabilities');
  await ask('xen-save-devices-state', { filename: file, live: false });
}

/** Longest until a machine that boots waits for its job, on a machine that is busy with other things. */
const bootSeconds = 180;

/**
 * Boots a machine until it waits for its job.
 * @throws HarnessError `lab-broken` when it never does, with the last that it said
 */
export async function bootToPause(options: Omit<MachineOptions, 'state'>): Promise<Machine> {
  const machine = await startMachine(options);
  let said = '';
  const listen = (data: Buffer) => {
    said = `${said}${data}`.slice(-2000);
  };
  machine.console.on('data', listen);
  const over = new AbortController();
  const gone = machine.ended.then((words) => `QEMU ended: ${words}`);
  const late = sleep(bootSeconds * 1e3, `${bootSeconds} s were not enough`, { signal: over.signal });
  const paused = runToBreakpoint(machine.debugger).then(() => null);
  const why = await Promise.race([paused.catch(() => gone), gone, late.catch(() => null)]);
  over.abort();
  machine.console.off('data', listen);
  if (why === null) return machine;
  machine.kill();
  throw labBroken(`The virtual machine did not boot: ${why}: ${said.trim().split('\n').slice(-5).join(' | ')}`);
}

/** Has a machine that waits for its job go on. */
export const goOn = ({ monitor }: Machine): Promise<void> => monitor.tell('cont');
