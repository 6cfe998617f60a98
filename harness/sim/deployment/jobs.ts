import type { PoolElement } from '../../experiment/role.js';

/** What is left when rounding has eaten the last of a job or an interval: calculations, and seconds. */
const nothing = { calculations: 1e-6, seconds: 1e-9 };

/** A request on an element: how far it is, and where its last cookie was. */
export interface Job {
  readonly size: number;
  /** Calculations done, those before this attempt included. */
  progress: number;
  cookieProgress: number;
  cookieAt: number;
  readonly onCookie: (progress: number) => void;
  readonly onDone: () => void;
}

/** The jobs of one element, sharing its capacity equally; may be stopped and let go on. */
export class Jobs {
  readonly all = new Set<Job>();
  /** Calculations performed and seconds of existence as a running process, up to the last advance. */
  performed = 0;
  #at = 0;
  #stopped = false;

  constructor(readonly role: PoolElement) {}

  add(job: Job, now: number): void {
    this.advance(now);
    this.all.add(job);
  }

  /** @returns whether the job was there */
  remove(job: Job, now: number): boolean {
    this.advance(now);
    return this.all.delete(job);
  }

  /** Work stands still until {@link resume}, as in a stopped process. */
  stop(now: number): void {
    this.advance(now);
    this.#stopped = true;
  }

  resume(now: number): void {
    this.#at = now;
    this.#stopped = false;
  }

  advance(now: number): void {
    const share = this.#stopped ? 0 : ((now - this.#at) * this.role.capacity) / Math.max(1, this.all.size);
    this.#at = now;
    for (const job of this.all) {
      const done = Math.min(share, job.size - job.progress);
      job.progress += done;
      this.performed += done;
    }
  }

  /** When the next job finishes or the next cookie is due; infinity when neither will be. */
  next(): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.#stopped) return next;
    const secondsPerCalculation = this.all.size / this.role.capacity;
    for (const job of this.all) {
      const byWork = Math.min(job.size, job.cookieProgress + (this.role.cookieInterval ?? Number.POSITIVE_INFINITY));
      next = Math.min(next, this.#at + Math.max(0, byWork - job.progress) * secondsPerCalculation);
      if (this.role.cookieTime !== null) next = Math.min(next, job.cookieAt + this.role.cookieTime);
    }
    return next;
  }

  /** Takes out what has finished by now and tells it, and lets the cookies that are due be sent. */
  settle(now: number): boolean {
    this.advance(now);
    const { cookieInterval, cookieTime } = this.role;
    let finished = false;
    for (const job of this.all) {
      if (job.size - job.progress <= nothing.calculations) {
        finished = this.all.delete(job);
        job.onDone();
        continue;
      }
      const byWork =
        cookieInterval !== null && job.progress - job.cookieProgress >= cookieInterval - nothing.calculations;
      if (byWork || (cookieTime !== null && now - job.cookieAt >= cookieTime - nothing.seconds))
        this.sendCookie(job, now);
    }
    return finished;
  }

  sendCookie(job: Job, now: number): void {
    job.cookieProgress = job.progress;
    job.cookieAt = now;
    job.onCookie(job.progress);
  }
}
