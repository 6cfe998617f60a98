/** The work of a pool element: jobs that share its capacity equally, in real time. Times are in seconds. */
import type { PoolElement } from '../../../experiment/role.js';

export interface Job {
  readonly size: number;
  /** Calculations done, those of elements before included. */
  progress: number;
  /** How far its last cookie was, and when. */
  cookieProgress: number;
  cookieAt: number;
}

export interface Due<J> {
  readonly completed: readonly J[];
  /** Those whose next cookie is due. */
  readonly cookies: readonly J[];
}

/** A process looks at its work at least that often, and one that did not look for longer was stopped meanwhile. */
export const sliceSeconds = { usual: 0.25, most: 0.5 } as const;
/** What rounding leaves of a job: calculations. */
const nothing = 1e-3;

type Work = Pick<PoolElement, 'capacity' | 'cookieInterval' | 'cookieTime'>;

export class Jobs<J extends Job = Job> {
  readonly all = new Set<J>();
  #at = 0;

  constructor(private readonly work: Work) {}

  add(job: J, now: number): void {
    this.advance(now);
    this.all.add(job);
  }

  /** @returns whether it was there */
  remove(job: J, now: number): boolean {
    this.advance(now);
    return this.all.delete(job);
  }

  /** What was worked since the last look; in a stopped process nothing was. */
  advance(now: number): void {
    const elapsed = now - this.#at;
    this.#at = now;
    if (this.all.size === 0) return;
    const worked = elapsed > sliceSeconds.most ? sliceSeconds.usual : elapsed;
    const share = (worked * this.work.capacity) / this.all.size;
    for (const job of this.all) job.progress = Math.min(job.size, job.progress + share);
  }

  /** Seconds from the last look until the next thing is due; undefined without work. */
  untilNext(): number | undefined {
    if (this.all.size === 0) return undefined;
    const { capacity, cookieInterval, cookieTime } = this.work;
    let seconds: number = sliceSeconds.usual;
    for (const { size, progress, cookieProgress, cookieAt } of this.all) {
      const byWork = Math.min(size, cookieInterval === null ? size : cookieProgress + cookieInterval);
      seconds = Math.min(seconds, ((byWork - progress) * this.all.size) / capacity);
      if (cookieTime !== null) seconds = Math.min(seconds, cookieAt + cookieTime - this.#at);
    }
    return Math.max(0, seconds);
  }

  /** Takes out what is completed, and counts the cookies that are due as sent. */
  due(now: number): Due<J> {
    this.advance(now);
    const jobs = [...this.all];
    const completed = jobs.filter(({ size, progress }) => size - progress <= nothing);
    for (const job of completed) this.all.delete(job);
    const cookies = jobs.filter((job) => this.all.has(job) && this.#isCookieDue(job, now));
    for (const job of cookies) this.noteCookie(job, now);
    return { completed, cookies };
  }

  noteCookie(job: J, now: number): void {
    job.cookieProgress = job.progress;
    job.cookieAt = now;
  }

  #isCookieDue({ progress, cookieProgress, cookieAt }: J, now: number): boolean {
    const { cookieInterval, cookieTime } = this.work;
    const byWork = cookieInterval !== null && progress - cookieProgress >= cookieInterval - nothing;
    return byWork || (cookieTime !== null && now - cookieAt >= cookieTime - 1e-6);
  }
}
