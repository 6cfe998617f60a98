/** The orders that a supervisor gets, line by line, and what it answers; see `supervisor.sh`. */
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import type { ProcessEnd } from '../lab.js';
import type { Exchange } from './clocks.js';
import { shellLine } from './quote.js';
import { scriptOf } from './scripts.js';

export interface Terms {
  /** Leads the name of the folder there. */
  readonly label: string;
  /** Without an order for so long, all ends. */
  readonly patienceSeconds: number;
  /** After so long, all ends in any case. */
  readonly deadlineSeconds: number;
}

/** The command that is a supervisor. */
export const supervisorCommand = ({ label, patienceSeconds, deadlineSeconds }: Terms): string[] => {
  const text = scriptOf('supervisor');
  return ['sh', '-c', text, text, label, String(Math.ceil(patienceSeconds)), String(Math.ceil(deadlineSeconds))];
};

export interface Answer {
  readonly code: number;
  readonly text: string;
}

interface Waiting {
  text: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Started {
  readonly pid: (pid: number) => void;
  readonly end: (end: ProcessEnd) => void;
  readonly lost: (error: unknown) => void;
}

const beatSeconds = 1;

export class Orders {
  /** Where everything of ours lies there. */
  readonly ready: Promise<{ folder: string; pid: number; watch: number }>;
  /** Beats that were answered, in order. */
  readonly exchanges: Exchange[] = [];
  /** What came last that is no answer; empty when nothing did. */
  lastWords = '';
  readonly #waiting = new Map<number, Waiting>();
  readonly #started = new Map<number, Started>();
  readonly #beats = new Map<number, number>();
  readonly #over = new AbortController();
  #ids = 0;
  #lost: unknown;
  #isReady: (it: { folder: string; pid: number; watch: number }) => void = () => {};
  #neverReady: (error: unknown) => void = () => {};

  constructor(
    private readonly to: Writable,
    from: Readable,
    private readonly clock: Clock,
  ) {
    this.ready = new Promise((resolve, reject) => {
      this.#isReady = resolve;
      this.#neverReady = reject;
    });
    this.ready.catch(() => {});
    let rest = '';
    from.setEncoding('utf8').on('data', (text: string) => {
      const now = clock.now();
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.#take(line, now);
    });
    to.on('error', () => {});
    // Before that nobody reads, and a console would only echo it.
    this.ready.then(() => this.#beat()).catch(() => {});
  }

  /** Runs a command to its end. */
  do(words: readonly string[]): Promise<Answer> {
    return this.#order((id) => `do ${id} ${shellLine(words)}`);
  }

  /** Starts a process whose output goes to files of the folder's `logs`. */
  start(
    words: readonly string[],
    log: string,
    output: string,
  ): { pid: Promise<number>; ended: Promise<ProcessEnd>; id: number } {
    const id = ++this.#ids;
    const started = {} as { -readonly [K in keyof Started]: Started[K] };
    const pid = new Promise<number>((resolve, reject) => {
      started.pid = resolve;
      started.lost = reject;
    });
    const ended = new Promise<ProcessEnd>((resolve, reject) => {
      const { lost } = started;
      started.end = resolve;
      started.lost = (error) => {
        lost(error);
        reject(error);
      };
    });
    pid.catch(() => {});
    ended.catch(() => {});
    if (this.#lost) started.lost(this.#lost);
    else this.#started.set(id, started);
    this.#write(`start ${id} ${shellLine([log, output, ...words])}`);
    return { id, pid, ended };
  }

  async signal(process: number, name: string): Promise<boolean> {
    const { code } = await this.#order((id) => `signal ${id} ${name.replace(/^SIG/, '')} ${process}`);
    return code === 0;
  }

  /** What is to be done, under this name, when all ends, or when it is lifted. Order it before what it heals. */
  heal(name: string, words: readonly string[]): void {
    this.#write(`heal ${name} ${shellLine(words)}`);
  }

  async lift(name: string): Promise<void> {
    await this.#order((id) => `lift ${id} ${name}`);
  }

  /** It is healed already. */
  async forget(name: string): Promise<void> {
    await this.#order((id) => `forget ${id} ${name}`);
  }

  /** No more orders: the supervisor ends all. */
  close(): void {
    this.#over.abort();
    this.to.end();
  }

  /** Nothing will be answered any more. */
  lose(reason: string): void {
    if (this.#lost) return;
    this.#lost = labBroken(reason);
    this.#over.abort();
    this.#neverReady(this.#lost);
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    for (const { lost } of this.#started.values()) lost(this.#lost);
    this.#waiting.clear();
    this.#started.clear();
  }

  #order(line: (id: number) => string): Promise<Answer> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      this.#waiting.set(id, { text: '', resolve, reject });
      this.#write(line(id));
    });
  }

  #write(line: string): void {
    if (!this.#over.signal.aborted) this.to.write(`${line}\n`);
  }

  async #beat(): Promise<void> {
    for (let number = 1; ; number += 1) {
      this.#beats.set(number, this.clock.now());
      this.#write(`beat ${number}`);
      await this.clock.sleepUntil(this.clock.now() + beatSeconds, this.#over.signal);
    }
  }

  #take(line: string, now: number): void {
    const [word, first, ...rest] = line.split(' ');
    const id = Number(first);
    const waiting = this.#waiting.get(id);
    switch (word) {
      case 'ready':
        this.#isReady({ folder: first!, pid: Number(rest[0]), watch: Number(rest[1]) });
        break;
      case 'beat':
        this.#answered(id, rest[0]!, now);
        break;
      case 'part':
        if (waiting) waiting.text += line.slice(`part ${first} `.length).replaceAll('\u0001', '\n');
        break;
      case 'did':
        this.#waiting.delete(id);
        waiting?.resolve({ code: Number(rest[0]), text: waiting.text });
        break;
      case 'started':
        this.#started.get(id)?.pid(Number(rest[0]));
        break;
      case 'ended':
        this.#started.get(id)?.end(endOf(Number(rest[0])));
        this.#started.delete(id);
        break;
      case 'failed':
        this.#neverReady(labBroken(`Its networks cannot be made: ${line.slice('failed '.length).trim()}`));
        break;
      default:
        if (line.trim()) this.lastWords = line.trim();
    }
  }

  /** Without nanoseconds, busybox's `date` leaves their letter as it is. */
  #answered(number: number, time: string, receivedAt: number): void {
    const sentAt = this.#beats.get(number);
    this.#beats.delete(number);
    if (sentAt === undefined) return;
    const whole = time.endsWith('.%N');
    this.exchanges.push({ sentAt, receivedAt, there: Number.parseFloat(time), grain: whole ? 1 : 0 });
  }
}

/** A shell tells of a signal by 128 and its number. */
function endOf(code: number): ProcessEnd {
  const signal =
    { 2: 'SIGINT', 9: 'SIGKILL', 15: 'SIGTERM' }[code - 128] ?? (code > 128 ? `signal ${code - 128}` : null);
  return signal === null ? { exitCode: code, signal: null } : { exitCode: null, signal };
}
