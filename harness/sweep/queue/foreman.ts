/**
 * Has a sweep's runs performed by whoever works for the queue. The queue may lose everything at any moment: what is
 * missing in the ledger is handed out again. No more lies in it than its workers need for the next moments.
 */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../../base/errors.js';
import { newSession } from '../../base/session.js';
import type { Executor, ExecutorSetting, Task } from '../executor.js';
import { checkServer, connect, prefix, shownAddress } from './address.js';
import { cut } from './cutter.js';
import { Estimate } from './estimate.js';
import { type ChunkJob, leaseKey, leaseSeconds, newsKey } from './jobs.js';
import { Outstanding } from './outstanding.js';
import { packChunk, unpackNews } from './parcel.js';
import { type Member, membersThere, teamOf } from './team.js';

export interface QueueOptions {
  readonly address: string;
  /** Of work that is handed out at a time. */
  readonly chunkSeconds: number;
}

/** Seconds: between two looks for news; at the chunks' states and the workers; until somebody is told of no workers. */
const every = { look: 0.1, inspection: 1, patience: 5 };
/** A command that is not answered for so long is given up, seconds. */
const commandSeconds = 5;
/** Chunks for each run that is under way, and at the least. */
const chunksAhead = { each: 2, least: 4 };
/** News that are read at a time. */
const newsMost = 64;

export const queueExecutor =
  (options: QueueOptions) =>
  (setting: ExecutorSetting): Executor => {
    let foreman: Foreman | undefined;
    return {
      state: () => foreman?.state() ?? null,
      async perform(tasks, give) {
        await checkServer(options.address, '--queue');
        foreman = new Foreman(options, setting, tasks, give);
        try {
          await foreman.perform();
        } finally {
          await foreman.close();
        }
      },
    };
  };

class Foreman {
  readonly #redis: Redis;
  readonly #queue: Queue<ChunkJob>;
  readonly #sweep = newSession();
  readonly #team;
  readonly #estimate: Estimate;
  readonly #outstanding: Outstanding;
  /** The next one last. */
  readonly #waiting: Task[];
  readonly #said = new Set<string>();
  #members: Member[] = [];
  #chunks = 0;
  #inspectedAt = Number.NEGATIVE_INFINITY;
  #leftSeconds = Number.POSITIVE_INFINITY;
  readonly #beganAt: number;

  constructor(
    private readonly options: QueueOptions,
    private readonly setting: ExecutorSetting,
    tasks: readonly Task[],
    give: Parameters<Executor['perform']>[1],
  ) {
    this.#redis = connect(options.address, commandSeconds);
    this.#team = teamOf(setting.subject);
    this.#queue = new Queue(this.#team.name, { connection: this.#redis, prefix, skipMetasUpdate: true });
    this.#queue.on('error', () => {});
    this.#estimate = new Estimate(setting.subject.clock);
    this.#outstanding = new Outstanding(give, (task) => this.#waiting.push(task));
    this.#waiting = [...tasks].reverse();
    this.#beganAt = setting.clock.now();
  }

  state(): string {
    const jobs = this.#members.reduce((sum, member) => sum + member.jobs, 0);
    const workers = this.#members.length;
    return workers === 0 ? 'no workers' : `${workers} worker${workers > 1 ? 's' : ''}, ${jobs} at a time`;
  }

  async perform(): Promise<void> {
    const { clock, signal } = this.setting;
    while (!signal.aborted && this.#waiting.length + this.#outstanding.size > 0) {
      try {
        const isDue = clock.now() - this.#inspectedAt >= every.inspection;
        // What is gone from the queue has said all that it had to say before it went.
        const states = isDue ? await this.#inspect() : [];
        await this.#hear();
        this.#outstanding.settle(states);
        await this.#handOut();
      } catch (error) {
        this.#say(`the queue at ${shownAddress(this.options.address)} does not answer (${messageOf(error)}); waiting`);
      }
      await clock.sleepUntil(clock.now() + every.look, signal).catch(() => {});
    }
  }

  /** Takes back what nobody has begun, takes what there is, and leaves nothing. */
  async close(): Promise<void> {
    const leave = async () => {
      for (const chunk of this.#outstanding.chunks()) await this.#queue.remove(chunk).catch(() => {});
      await this.#hear();
      await this.#redis.del(leaseKey(this.#sweep), newsKey(this.#sweep));
    };
    await leave().catch(() => {});
    this.#redis.disconnect();
  }

  async #inspect(): Promise<{ chunk: string; state: string; reason: string }[]> {
    const { clock } = this.setting;
    await this.#redis.set(leaseKey(this.#sweep), '', 'EX', leaseSeconds);
    const there = await membersThere(this.#redis);
    this.#members = there.filter(({ team }) => team.name === this.#team.name);
    for (const member of there) this.#tellOfOther(member);
    if (this.#members.length === 0 && clock.now() - this.#beganAt > every.patience)
      this.#say(`no worker is there; start some with: rsplab work ${shownAddress(this.options.address)}`);
    const states = await Promise.all(
      this.#outstanding.chunks().map(async (chunk) => {
        const state = await this.#queue.getJobState(chunk);
        const job = state === 'failed' ? await this.#queue.getJob(chunk) : undefined;
        await job?.remove();
        return { chunk, state, reason: job?.failedReason ?? '' };
      }),
    );
    this.#inspectedAt = clock.now();
    return states;
  }

  /** A worker whose numbers could be others gets none of the work; that nobody wonders why, it is said. */
  #tellOfOther({ id, team }: Member): void {
    if (team.on !== this.#team.on || team.name === this.#team.name) return;
    const differing = Object.keys({ ...team.versions, ...this.#team.versions }).filter(
      (name) => team.versions[name] !== this.#team.versions[name],
    );
    const words = differing.map((name) => `${name} ${team.versions[name]}, not ${this.#team.versions[name]}`);
    this.#say(`worker ${id} gets no work: it has ${words.join('; ')}`);
  }

  async #hear(): Promise<void> {
    for (;;) {
      const all = await this.#redis.lpopBuffer(newsKey(this.#sweep), newsMost);
      for (const bytes of all ?? []) {
        const news = unpackNews(bytes);
        const guessed = this.#outstanding.hear(news);
        if (guessed > 0 && news.seconds > 0) this.#estimate.learn(guessed, news.seconds);
      }
      if ((all?.length ?? 0) < newsMost) return;
    }
  }

  async #handOut(): Promise<void> {
    const { grid, subject } = this.setting;
    const jobs = this.#members.reduce((sum, member) => sum + member.jobs, 0);
    const next = this.#waiting.at(-1);
    if (next && this.#leftSeconds === Number.POSITIVE_INFINITY)
      this.#leftSeconds = this.#waiting.length * this.#estimate.of(grid.planFor(next.point, next.replication));
    const most = Math.max(chunksAhead.least, chunksAhead.each * jobs);
    while (this.#waiting.length > 0 && this.#outstanding.size < most) {
      // The last ones are smaller, so that nobody waits for one of them.
      const share = this.#leftSeconds / Math.max(1, chunksAhead.each * jobs);
      const wanted = subject.clock === 'simulated' ? Math.min(this.options.chunkSeconds, Math.max(share, 1)) : 0;
      const alone = this.#outstanding.takeAlone(this.#waiting);
      const list = alone ? [alone] : this.#waiting;
      const piece = cut(list, Math.max(wanted, Number.MIN_VALUE), subject.name, grid, this.#estimate);
      const perTask = this.#estimate.seconds(piece.guessedSeconds) / piece.tasks.length;
      this.#leftSeconds = perTask * this.#waiting.length;
      const chunk = `${this.#sweep}.${++this.#chunks}`;
      const avoid = alone ? this.#outstanding.avoidedBy(alone) : [];
      this.#outstanding.add(chunk, piece);
      const data = { sweep: this.#sweep, chunk, work: packChunk(piece.chunk), avoid };
      await this.#queue.add('chunk', data, { jobId: chunk, removeOnComplete: true, removeOnFail: { age: 3600 } });
    }
  }

  #say(line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.setting.say(`queue: ${line}`);
  }
}
