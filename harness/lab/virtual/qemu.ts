import { createWriteStream, mkdtempSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { badInput, labBroken } from '../../base/errors.js';
import { temporaryFolder } from '../../base/temporary.js';
import { findTool, toolEnvironment } from '../../base/tools.js';
import { killGroup } from '../process.js';
import { descriptors, type MachineFiles, type MachineSetting, machineCommand } from './machine.js';
import { Monitor } from './monitor.js';
import { takeProcessor } from './processor.js';

/** A machine that QEMU has made, and that does nothing yet or is on its way to its pause. */
export interface Machine {
  readonly pid: number;
  /** The first serial line. */
  readonly console: Duplex;
  readonly monitor: Monitor;
  /** Resolves when it has written to its panic device. */
  readonly panicked: Promise<void>;
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
 * @returns the machine, on its way to its pause or paused there, according to its state
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

/** In QEMU's log. */
const panicWords = 'Guest crashed';

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
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', ...(state === undefined ? [] : [state as 0])],
  });
  const { pid } = child;
  let words = '';
  const panicked = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = `${words}${text}`.slice(-2000);
      if (words.includes(panicWords)) resolve();
    });
  });
  const ended = child.then(({ signal, exitCode }) => {
    processor?.release();
    return words.trim() || String(signal ?? exitCode);
  });
  if (pid === undefined) throw labBroken(`QEMU cannot be started: ${await ended}`);
  const [console, control] = [child.stdio[3], child.stdio[4]] as unknown as [Duplex, Duplex];
  console.on('error', () => {});
  const monitor = new Monitor(control);
  const machine = { pid, console, monitor, panicked, ended, kill: () => killGroup(pid) };
  try {
    await monitor.ask('info status');
  } catch (cause) {
    throw labBroken(`QEMU did not start the machine: ${await ended}`, cause);
  }
  return machine;
}

const ignoreShared = 'migrate_set_capability x-ignore-shared on';

async function loadState(machine: Machine): Promise<void> {
  const { monitor } = machine;
  try {
    await monitor.tell(ignoreShared);
    await monitor.tell(`migrate_incoming fd:${descriptors.state}`);
    while (await is(machine, 'inmigrate')) await sleep(5);
  } catch (cause) {
    machine.kill();
    throw labBroken(`The machine does not go on from its snapshot: ${await machine.ended}`, cause);
  }
}

/** As in `VM status: paused (inmigrate)`. */
const is = async ({ monitor }: Machine, state: 'inmigrate' | 'guest-panicked') =>
  (await monitor.ask('info status')).includes(`(${state})`);

/** Writes the state of a paused machine, all but its memory, which lies in a file of its own. */
export async function saveState({ monitor }: Machine, file: string): Promise<void> {
  const folder = mkdtempSync(join(temporaryFolder(), 'rsplab-'));
  const path = join(folder, 'state');
  const server = createServer();
  try {
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const written = new Promise<void>((resolve, reject) => {
      server.once('connection', (socket) => pipeline(socket, createWriteStream(file)).then(resolve, reject));
    });
    await monitor.tell(ignoreShared);
    await monitor.tell(`migrate -d unix:${path}`);
    await written;
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
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
  const why = await Promise.race([untilPaused(machine), gone, late.catch(() => null)]);
  over.abort();
  machine.console.off('data', listen);
  if (why === null) return machine;
  machine.kill();
  throw labBroken(`The virtual machine did not boot: ${why}: ${said.trim().split('\n').slice(-5).join(' | ')}`);
}

/**
 * The machine has written to its panic device. QEMU is not asked until it has said so: every question stirs its main
 * loop, and should that look just as the processor halts, the clock may jump too far.
 * @returns null; never when it is gone
 */
async function untilPaused(machine: Machine): Promise<null> {
  await machine.panicked;
  try {
    while (!(await is(machine, 'guest-panicked'))) await sleep(20);
    return null;
  } catch {
    return new Promise(() => {});
  }
}

/** Has a machine that waits for its job go on. */
export const goOn = ({ monitor }: Machine): Promise<void> => monitor.tell('cont');
