/** One host over SSH: a supervisor there holds the connection open, and all that we do there hangs on it. */
import { createInterface } from 'node:readline';
import type { Clock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import type { ProcessEnd } from '../lab.js';
import type { Exchange } from './clocks.js';
import { Follower } from './follow.js';
import { type Answer, Orders, supervisorCommand, type Terms } from './orders.js';
import { shellWord } from './quote.js';
import { goneSeconds, openMaster, type SshTarget, talkThrough, transfer } from './ssh.js';

export interface RemoteProcess {
  readonly pid: number;
  /** All that it printed is here then. Rejects with HarnessError `lab-broken` when the connection is lost. */
  readonly ended: Promise<ProcessEnd>;
  /** @returns whether there was somebody to get it */
  signal(name: string): Promise<boolean>;
}

/** Where a supervisor is. */
interface Place {
  /** For people, at the beginning of a sentence. */
  readonly name: string;
  /** The host's folder that its `logs` are in; its own folder by default. */
  readonly folder?: string;
  /** Told once why, when it is gone and nobody closed the connection. */
  readonly onLost: (reason: string) => void;
}

/** Our own patience, as long as the supervisor's by default: what is silent for longer is lost to both. */
export const patienceSeconds = 10;
/** A login reads its user's profile first, and some of those start many programs. */
const openSeconds = 90;

export class Connection implements AsyncDisposable {
  readonly #orders: Orders;
  readonly #ended: Promise<void>;
  #follower: Follower | undefined;
  #transfers: Promise<void> = Promise.resolve();
  #complaint = '';
  #closing = false;

  private constructor(
    readonly target: SshTarget,
    private readonly process: ReturnType<typeof openMaster>,
    clock: Clock,
    private readonly place: Place,
    /** The one to the host itself, of a connection to something on it. */
    private readonly outer?: Connection,
  ) {
    this.#orders = new Orders(this.process.stdin, this.process.stdout, clock);
    createInterface({ input: this.process.stderr }).on('line', (line) => {
      this.#complaint = line;
    });
    // While others share the connection, ssh stays when the supervisor is gone.
    this.process.stdout.once('end', () => this.#follower?.close());
    this.#ended = this.process.then(() => {
      this.lose(`is gone${this.#complaint && `: ${this.#complaint}`}`);
    });
  }

  /** Nothing will come from there any more, for this reason. */
  lose(why: string): void {
    const said = this.#orders.lastWords;
    const reason = `${this.place.name} ${why}${said && `: ${said}`}`;
    this.#orders.lose(reason);
    if (!this.#closing) this.place.onLost(reason);
    this.#closing = true;
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
    const process = openMaster(target, supervisorCommand({ patienceSeconds, ...terms }));
    const name = `The connection to ${target.destination}`;
    const connection = new Connection(target, process, clock, { name, onLost });
    try {
      await connection.untilReady(clock);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** To a supervisor that these words talk with, on the host of another connection; not ready yet. */
  static inside(outer: Connection, words: readonly string[], clock: Clock, place: Place): Connection {
    return new Connection(outer.target, talkThrough(outer.target, words), clock, place, outer);
  }

  /** @throws HarnessError `lab-broken` when it does not become ready */
  async untilReady(clock: Clock): Promise<void> {
    const { destination } = this.target;
    const over = new AbortController();
    const late = clock.sleepUntil(clock.now() + openSeconds, over.signal).then(() => {
      throw labBroken(`${destination} gave no answer within ${openSeconds} s`);
    });
    late.catch(() => {});
    try {
      await Promise.race([this.#orders.ready, late]);
    } finally {
      over.abort();
    }
  }

  /** Our folder on the host, where files come from and go to. */
  async #folder(): Promise<string> {
    return this.place.folder ?? (await this.there).folder;
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
    return this.process.pid;
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
    this.#follower = new Follower(this.target, await this.#folder(), folder, clock);
  }

  async start(words: readonly string[], log: string, output = log): Promise<RemoteProcess> {
    const { id, pid, ended } = this.#orders.start(words, log, output);
    const complete = ended.then(async (end) => {
      await this.pull();
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
    const path = `${await this.#folder()}/${name}`;
    await this.#transfer(['sh', '-c', `cat > ${shellWord(path)}`], { from: file });
  }

  /** Copies a file of ours that gzip packed to this path there, and unpacks it. */
  async unpack(file: string, path: string): Promise<void> {
    await this.#transfer(['sh', '-c', `gzip -dc > ${shellWord(path)}`], { from: file });
  }

  /** Copies a file there, of this path within the folder, to one of ours. */
  async fetch(name: string, file: string): Promise<void> {
    await this.#transfer(['cat', `${await this.#folder()}/${name}`], { to: file });
  }

  /** One at a time: servers of SSH allow only ten sessions a connection. */
  #transfer(words: readonly string[], end: Parameters<typeof transfer>[2]): Promise<void> {
    if (this.outer) return this.outer.#transfer(words, end);
    const work = this.#transfers.then(() => transfer(this.target, words, end));
    this.#transfers = work.catch(() => {});
    return work;
  }

  /** What has not come yet comes now. */
  async pull(): Promise<void> {
    await (this.#follower ?? this.outer)?.pull();
  }

  /** Ends all there, and waits until it is so. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#follower?.close();
    this.#orders.close();
    const late = setTimeout(() => this.process.kill('SIGKILL'), (patienceSeconds + goneSeconds) * 1e3);
    await this.#ended;
    clearTimeout(late);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const brief = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);
