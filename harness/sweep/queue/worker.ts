/** Takes chunks of runs from the queue, has them performed, and says what came of them. */
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Clock } from '../../base/clock.js';
import { newSession } from '../../base/session.js';
import type { Subject } from '../../run/subject.js';
import { checkServer, connect, prefix } from './address.js';
import { type ChunkJob, leaseKey, maxStalled, newsKey, newsSeconds } from './jobs.js';
import { packNews, type Result } from './parcel.js';
import { keyOf, Performer, type Run, type Told } from './performer.js';
import { type Member, memberId, membersThere, signOff, teamOf, tellEverySeconds, tellOf } from './team.js';

export interface WorkOptions {
  readonly subject: Subject;
  /** Runs at a time. */
  readonly jobs: number;
  /** A worker that the queue has not heard of for so long is thought to be gone, seconds. */
  readonly lockSeconds: number;
  readonly clock: Clock;
  /** Asks to end in good order: what runs is finished, what was not begun goes back. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly busy: number }) => void;
  readonly say?: (line: string) => void;
}

/** Seconds between two looks for somebody else to do what came to nothing here. */
const elsewhereSeconds = 1;

/**
 * Works until the signal.
 * @returns runs that were done
 * @throws HarnessError `bad-input` when there is no queue
 */
export async function work(address: string, options: WorkOptions): Promise<number> {
  const { subject, jobs, lockSeconds, clock, signal, say = () => {} } = options;
  await checkServer(address, 'work');
  const team = teamOf(subject);
  const redis = connect(address, null);
  const bench = new Bench(redis, jobs, { id: memberId(newSession()), team, jobs, done: 0 }, options);
  const worker = new Worker<ChunkJob>(team.name, (job, token) => bench.take(job, token), {
    ...{ connection: redis, prefix, concurrency: jobs, maxStalledCount: maxStalled },
    ...{ lockDuration: lockSeconds * 1e3, stalledInterval: lockSeconds * 1e3 },
    // A server that comes back may be empty; whoever waits looks again soon.
    drainDelay: 1,
    removeOnComplete: { count: 0 },
    removeOnFail: { age: 3600 },
  });
  // Connections come back, and a lock that was lost means only that somebody else does the same.
  worker.on('error', () => {});
  const telling = bench.tellAll(signal);
  try {
    say(`${bench.member.id}: ${jobs} at a time on ${subject.name}`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    bench.stop();
    await Promise.race([worker.close(), untilGone(redis, clock)]);
  } finally {
    await bench.close();
    await within(clock, telling);
    await within(clock, signOff(redis, bench.member));
    redis.disconnect();
  }
  return bench.member.done;
}

/** Results are of no use any more when the server has been away for so long, seconds: its sweep has them done anew. */
const goneSeconds = 5;

/** A server that may come back is waited for, but not for ever. */
async function untilGone(redis: Redis, clock: Clock): Promise<void> {
  let seenAt = clock.now();
  while (clock.now() - seenAt < goneSeconds) {
    if (redis.status === 'ready') seenAt = clock.now();
    await clock.sleepUntil(clock.now() + 0.2);
  }
}

/** A server that is gone keeps nobody from going. */
const within = (clock: Clock, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work.catch(() => {}), clock.sleepUntil(clock.now() + 1)]);

/** Where the chunks lie that one worker has taken. */
class Bench {
  readonly #idle: Performer[];
  readonly #busy = new Set<Performer>();
  #isStopping = false;

  constructor(
    private readonly redis: Redis,
    jobs: number,
    public member: Member,
    private readonly options: WorkOptions,
  ) {
    this.#idle = Array.from({ length: jobs }, () => new Performer());
  }

  stop(): void {
    this.#isStopping = true;
    for (const performer of this.#busy) performer.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#idle, ...this.#busy].map((performer) => performer.close()));
  }

  /** Tells of this worker for as long as it is there. */
  async tellAll(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!signal.aborted) {
      await tellOf(this.redis, this.member).catch(() => {});
      await clock.sleepUntil(clock.now() + tellEverySeconds, signal).catch(() => {});
    }
  }

  async take(job: Job<ChunkJob>, token: string | undefined): Promise<void> {
    const { sweep, avoid } = job.data;
    if ((await this.redis.exists(leaseKey(sweep))) === 0) return;
    if (avoid.includes(this.member.id) && (await this.#canOthers(avoid))) {
      await job.moveToDelayed((this.options.clock.now() + elsewhereSeconds) * 1e3, token);
      throw new DelayedError();
    }
    const performer = this.#idle.pop()!;
    this.#busy.add(performer);
    try {
      await this.#perform(job, performer);
    } finally {
      this.#busy.delete(performer);
      this.#idle.push(performer);
    }
  }

  async #canOthers(avoid: readonly string[]): Promise<boolean> {
    const there = await membersThere(this.redis);
    return there.some(({ id, team }) => team.name === this.member.team.name && !avoid.includes(id));
  }

  async #perform({ data }: Job<ChunkJob>, performer: Performer): Promise<void> {
    const without = new Set<string>();
    let next: Told['next'] = null;
    const tell = async (told: Pick<Told, 'results' | 'seconds' | 'next'>) => {
      next = told.next;
      for (const result of told.results) without.add(keyOf(result));
      this.member = { ...this.member, done: this.member.done + told.results.length };
      this.options.onProgress?.({ done: this.member.done, busy: this.#busy.size });
      const isWanted = await this.#send(data, told.results, told.seconds, false);
      return isWanted && !this.#isStopping;
    };
    for (let isCareful = false; ; isCareful = !isCareful) {
      next = null;
      const died = await performer.perform({ work: data.work, without: [...without], isCareful }, tell);
      if (died === null || this.#isStopping) break;
      if (!isCareful) continue;
      // Whichever run it was: one after the other, it has shown.
      if (next === null) throw new Error(died);
      const { point, replication }: Run = next;
      const outcome = { reason: died, isFinal: false };
      await tell({ results: [{ point, replication, outcome }], seconds: 0, next: null });
    }
    await this.#send(data, [], 0, true);
  }

  /** @returns whether anybody wants more of it */
  async #send({ sweep, chunk }: ChunkJob, results: readonly Result[], seconds: number, isEnded: boolean) {
    if (results.length === 0 && !isEnded) return true;
    if ((await this.redis.exists(leaseKey(sweep))) === 0) return false;
    const news = packNews({ chunk, worker: this.member.id, results: [...results], seconds, isEnded });
    await this.redis.multi().rpush(newsKey(sweep), news).expire(newsKey(sweep), newsSeconds).exec();
    return true;
  }
}
