import { open, readdir, readFile, readlink } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { labBroken, messageOf } from '../../base/errors.js';
import type { LabProcess, ProcessEnd, StartOptions } from '../lab.js';
import { parseReport, startLine } from './init.js';

interface Waiting {
  readonly started: (pid: number) => void;
  readonly ended: (end: ProcessEnd) => void;
  readonly failed: (error: unknown) => void;
}

/** A running container, and the line to its main process; see `init.ts`. */
export class Container {
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  /** What its shell said last, for people. */
  #complaint = '';

  private constructor(
    readonly name: string,
    /** As the engine knows it. */
    readonly id: string,
    /** Of its main process, as the machine numbers it. */
    readonly pid: number,
    private readonly input: NodeJS.WritableStream,
  ) {}

  /** Starts a container that was created. */
  static async start(name: string, container: Docker.Container): Promise<Container> {
    const line = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    await container.start();
    const { State } = await container.inspect();
    if (!State.Running) throw labBroken(`The container of ${name} ended at once: ${State.Error || State.ExitCode}`);
    const started = new Container(name, container.id, State.Pid, line);
    // Two streams: the shell complains of every killed component, in pieces, which would tear reports apart.
    const [reports, complaints] = [new PassThrough(), new PassThrough()];
    container.modem.demuxStream(line, reports, complaints);
    createInterface({ input: reports }).on('line', (text) => started.#take(text));
    createInterface({ input: complaints }).on('line', (text) => {
      started.#complaint = text;
    });
    line.on('end', () => started.#over()).on('error', () => started.#over());
    return started;
  }

  async run(command: readonly string[], options: StartOptions): Promise<LabProcess> {
    const log = join(options.workingDirectory, options.log);
    // Whoever reads it may do so before the container made it.
    await (await open(log, 'a')).close();
    const id = ++this.#last;
    const text = startLine(id, options, command);
    let inner: Promise<number> | undefined;
    const ended = new Promise<ProcessEnd>((resolve, reject) => {
      inner = new Promise((started, failed) => {
        const both = (error: unknown) => {
          failed(error);
          reject(error);
        };
        this.#waiting.set(id, { started, ended: resolve, failed: both });
        this.input.write(text);
      });
    });
    // Told through `inner` when nobody waits for this one yet.
    ended.catch(() => {});
    const pid = await outerPid(this.pid, await inner!);
    if (pid === undefined) {
      const said = (await readFile(log, 'utf8')).trim().split('\n').at(-1);
      throw labBroken(`${command[0]} on ${this.name} ended at once: ${said || 'it said nothing'}`);
    }
    const isKnownToBeOver = () => !this.#waiting.has(id);
    return { pid, ended, signal: (name) => send(name, pid, command[0]!, isKnownToBeOver) };
  }

  #take(line: string): void {
    const report = parseReport(line);
    if (!report) return;
    const waiting = this.#waiting.get(report.id);
    if (report.what === 'started') {
      waiting?.started(report.pid);
    } else {
      this.#waiting.delete(report.id);
      waiting?.ended(endOf(report.status));
    }
  }

  #over(): void {
    const error = labBroken(`The container of ${this.name} ended: ${this.#complaint || 'it said nothing'}`);
    for (const { failed } of this.#waiting.values()) failed(error);
    this.#waiting.clear();
  }
}

/** From a shell's exit status: 128 and more stand for signals. */
export function endOf(status: number): ProcessEnd {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0];
  return signal === undefined ? { exitCode: status, signal: null } : { exitCode: null, signal };
}

/**
 * The machine's number of a process that a container, which counts for itself, knows by another one.
 * @returns undefined when there is no such process any more
 */
async function outerPid(main: number, inner: number): Promise<number | undefined> {
  const namespace = await readlink(`/proc/${main}/ns/pid`);
  for (const entry of (await readdir('/proc')).reverse()) {
    if (!/^\d+$/.test(entry) || !(await numbers(entry)).endsWith(`\t${inner}`)) continue;
    if ((await readlink(`/proc/${entry}/ns/pid`).catch(() => '')) === namespace) return Number(entry);
  }
  return undefined;
}

/** A process's numbers, outermost first: `NSpid:	1234	7`. */
const numbers = async (pid: string): Promise<string> =>
  /^NSpid:.*$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[0] ?? '';

/** A process whose end is still being reported to us takes every signal, as one that was not waited for does. */
function send(signal: NodeJS.Signals, pid: number, program: string, isKnownToBeOver: () => boolean): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH' && !isKnownToBeOver()) return;
    throw labBroken(`Cannot send ${signal} to process ${pid} (${program}): ${messageOf(error)}`, error);
  }
}
