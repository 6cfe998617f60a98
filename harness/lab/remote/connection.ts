/** One host over SSH: a supervisor there holds the connection open, and all that we do there hangs on it. */
import { createInterface } from 'node:readline';
import type { Clock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import type { ProcessEnd } from '../lab.js';
import type { Exchange } from './clocks.js';
import { Follower } from './follow.js';
import { type Answer, Orders, supervisorCommand, type Terms } from './orders.js';
import { shellWord } from './quote.js';
import { goneSeconds, openMaster, type SshTarget, transfer } from './ssh.js';

export interface RemoteProcess {
  readonly pid: number;
  /** All that it printed is here then. Rejects with HarnessError `lab-broken` when the connection is lost. */
  readonly ended: Promise<ProcessEnd>;
  /** @returns whether there was somebody to get it */
  signal(name: string): Promise<boolean>;
}

/** Our own patience, as long as the supervisor's by default: what is silent for longer is lost to both. */
export const patienceSeconds = 10;
/** A login reads its user's profile first, and some of those start many programs. */
const openSeconds = 90;

export class Connection implements AsyncDisposable {
  readonly #orders: Orders;
  readonly #ended: Promise<void>;
  readonly #process: ReturnType<typeof openMaster>;
  #follower: Follower | undefined;
  #complaint = '';
  #closing = false;

  private constructor(
    readonly target: SshTarget,
    command: readonly string[],
    clock: Clock,
    onLost: (reason: string) => void,
  ) {
    this.#process = openMaster(target, command);
    this.#orders = new Orders(this.#process.stdin, this.#process.stdout, clock);
    createInterface({ input: this.#process.stderr }).on('line', (line) => {
      this.#complaint = line;
    });
    // While others share the connection, ssh stays when the supervisor is gone.
    this.#process.stdout.once('end', () => this.#follower?.close());
    this.#ended = this.#process.then(() => {
      const reason = `The connection to ${target.destination} is gone${this.#complaint && `: ${this.#complaint}`}`;
      this.#orders.lose(reason);
      if (!this.#closing) onLost(reason);
    });
  }

  /**
   * @param onLost told once why, when the connection is gone that nobody closed
   * @throws HarnessError `lab-broken` when ssh does not get through, with its own words
   */
  static async open(
    target: SshTarget,
    terms: Omit<Terms, 'patienceSeconds'> & Partial<Terms>,
    clock: Clock,
    onLost: (reason: string) => void = () => {},
  ): Promise<Connection> {
    const connection = new Connection(target, supervisorCommand({ patienceSeconds, ...terms }), clock, onLost);
    const over = new AbortController();
    const late = clock.sleepUntil(clock.now() + openSeconds, over.signal).then(() => {
      throw labBroken(`${target.destination} gave no answer within ${openSeconds} s`);
    });
    late.catch(() => {});
    try {
      await Promise.race([connection.#orders.ready, late]);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    } finally {
      over.abort();
    }
  }

  /** The folder there, and the supervisor's two processes. */
  get there(): Promise<{ folder: string; pid: number; watch: number }> {
    return this.#orders.ready;
  }

  /** Timed exchanges so far, one every second. */
  get exchanges(): readonly Exchange[] {
    return this.#orders.exchanges;
  }

  /** Of ssh's own process here. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  do(words: readonly string[]): Promise<Answer> {
    return this.#orders.do(words);
  }

  /** @throws HarnessError `lab-broken` with what the command said, when it fails */
  async must(words: readonly string[]): Promise<string> {
    const { code, text } = await this.do(words);
    if (code === 0) return text;
    const [said] = text.trim().split('\n');
    throw labBroken(`${this.target.destination}: ${brief(words.join(' '))}: ${said || `exit code ${code}`}`);
  }

  /** From now on what is written into the folder's `logs` there comes into this folder here. */
  async follow(folder: string, clock: Clock): Promise<void> {
    this.#follower = new Follower(this.target, (await this.there).folder, folder, clock);
  }

  async start(words: readonly string[], log: string, output = log): Promise<RemoteProcess> {
    const { id, pid, ended } = this.#orders.start(words, log, output);
    const complete = ended.then(async (end) => {
      await this.#follower?.pull();
      return end;
    });
    complete.catch(() => {});
    return { pid: await pid, ended: complete, signal: (name) => this.#orders.signal(id, name) };
  }

  /** @see Orders.heal */
  heal(name: string, words: readonly string[]): void {
    this.#orders.heal(name, words);
  }

  forget(name: string): Promise<void> {
    return this.#orders.forget(name);
  }

  lift(name: string): Promise<void> {
    return this.#orders.lift(name);
  }

  /** Copies a file of ours into the folder there, under this name. */
  async send(file: string, name: string): Promise<void> {
    const path = `${(await this.there).folder}/${name}`;
    await transfer(this.target, ['sh', '-c', `cat > ${shellWord(path)}`], { from: file });
  }

  /** Copies a file there, of this path within the folder, to one of ours. */
  async fetch(name: string, file: string): Promise<void> {
    await transfer(this.target, ['cat', `${(await this.there).folder}/${name}`], { to: file });
  }

  /** What has not come yet comes now. */
  async pull(): Promise<void> {
    await this.#follower?.pull();
  }

  /** Ends all there, and waits until it is so. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#follower?.close();
    this.#orders.close();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), (patienceSeconds + goneSeconds) * 1e3);
    await this.#ended;
    clearTimeout(late);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const brief = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);
