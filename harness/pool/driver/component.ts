import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabHost, LabProcess, ProcessEnd } from '../../lab/lab.js';
import { fileOf, lastLines } from '../files.js';
import type { Launch, PoolHost } from '../implementation.js';
import type { PoolContext } from '../pool.js';
import type { Flapping } from './flapping.js';

/** One program on one host, through all its lives. */
export class Component {
  life = 0;
  /** Of its links, by the fault's number. */
  readonly flapping = new Map<number, Flapping>();
  #process: LabProcess | undefined;
  #endIsExpected = false;

  constructor(
    readonly planned: PoolHost,
    readonly host: LabHost,
    private readonly context: PoolContext,
  ) {}

  get name(): string {
    return this.planned.name;
  }

  /** Undefined while it is dead. */
  get process(): LabProcess | undefined {
    return this.#process;
  }

  /** Starts its next life. An end that nobody asked for makes the run unknown. */
  async start(launch: (life: number) => Launch): Promise<void> {
    const { context, host, name } = this;
    const life = ++this.life;
    const { command, wrapper = [], ofMachine = false } = launch(life);
    const [program, ...rest] = command;
    const argv = [context.programs?.commands[program!] ?? program!, ...rest];
    const workingDirectory = join(context.folder, 'logs');
    this.#endIsExpected = false;
    const process = await host.start([...wrapper, ...argv], {
      log: fileOf(name, life, 'log'),
      workingDirectory,
      ofMachine,
    });
    this.#process = process;
    context.record({ event: 'processStarted', host: name, pid: process.pid, command: argv });
    process.ended.then(
      async ({ exitCode, signal }) => {
        if (this.#process === process) this.#process = undefined;
        context.record({ event: 'processEnded', host: name, pid: process.pid, exitCode, signal });
        if (this.#endIsExpected) return;
        const how = signal ?? `exit code ${exitCode}`;
        context.broken(
          `${name} (${argv[0]}) ended unexpectedly with ${how}: ${lastLines(await readFile(this.logFile, 'utf8'))}`,
        );
      },
      (error) => context.broken(String(error.message)),
    );
  }

  /** Where its current life prints to. */
  get logFile(): string {
    return join(this.context.folder, 'logs', fileOf(this.name, this.life, 'log'));
  }

  /** Where its current life, of a registrar, writes what it holds. */
  get statisticsFile(): string {
    return join(this.context.folder, 'logs', fileOf(this.name, this.life, 'stats'));
  }

  /** Ends it on purpose; undefined when it was dead already. */
  async end(signal: 'SIGINT' | 'SIGKILL'): Promise<ProcessEnd | undefined> {
    this.#endIsExpected = true;
    const process = this.#process;
    if (!process) return undefined;
    process.signal(signal);
    return process.ended;
  }
}
