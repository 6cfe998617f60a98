/**
 * Processor sharing: every element splits its capacity equally among the jobs it has. All jobs of an element therefore
 * progress alike, so one number per element, the work done per job since the element was last empty, tells the progress
 * of all of them, and jobs finish in the order of the level of that number at which their own work is done. Nothing
 * needs to be updated but at an arrival or a departure.
 *
 * A job is known by its user's number: a user has one request in service at a time.
 */
export class ProcessorSharing {
  /** Jobs present, per element. */
  readonly jobs: Int32Array;
  /** Level of an element at which a job started, in calculations per job; per user. */
  readonly startLevel: Float64Array;
  /** Level of an element at which a job is done; per user. */
  readonly endLevel: Float64Array;
  readonly #capacity: Float64Array;
  readonly #level: Float64Array;
  readonly #levelAt: Float64Array;
  /** Seconds for which an element had work to do, up to `#levelAt`. */
  readonly #busy: Float64Array;
  /** The jobs of an element in a list, the one that finishes first at its head; −1 ends it. */
  readonly #head: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(capacities: readonly number[], users: number) {
    const elements = capacities.length;
    this.jobs = new Int32Array(elements);
    this.startLevel = new Float64Array(users);
    this.endLevel = new Float64Array(users);
    this.#capacity = Float64Array.from(capacities);
    this.#level = new Float64Array(elements);
    this.#levelAt = new Float64Array(elements);
    this.#busy = new Float64Array(elements);
    this.#head = new Int32Array(elements).fill(-1);
    this.#next = new Int32Array(users).fill(-1);
    this.#previous = new Int32Array(users).fill(-1);
  }

  /** Brings an element's progress up to this time. */
  advance(element: number, now: number): void {
    const jobs = this.jobs[element]!;
    if (jobs > 0) {
      const passed = now - this.#levelAt[element]!;
      this.#level[element] = this.#level[element]! + (passed * this.#capacity[element]!) / jobs;
      this.#busy[element] = this.#busy[element]! + passed;
    }
    this.#levelAt[element] = now;
  }

  /** Gives an advanced element a job of so many calculations. */
  add(element: number, user: number, calculations: number): void {
    // An empty element starts from zero again, which keeps the levels small and therefore exact.
    if (this.jobs[element] === 0) this.#level[element] = 0;
    this.jobs[element] = this.jobs[element]! + 1;
    const level = this.#level[element]!;
    const end = level + calculations;
    this.startLevel[user] = level;
    this.endLevel[user] = end;
    let previous = -1;
    let next = this.#head[element]!;
    while (next >= 0 && this.endLevel[next]! <= end) {
      previous = next;
      next = this.#next[next]!;
    }
    this.#link(element, previous, user);
    this.#link(element, user, next);
  }

  /** Takes a job from an advanced element. */
  remove(element: number, user: number): void {
    this.#link(element, this.#previous[user]!, this.#next[user]!);
    this.jobs[element] = this.jobs[element]! - 1;
  }

  /** The job that finishes first if nothing changes; −1 when there is none. */
  first(element: number): number {
    return this.#head[element]!;
  }

  /** The job that finishes after this one; −1 when there is none. */
  after(user: number): number {
    return this.#next[user]!;
  }

  /** When an advanced element's progress will have reached this level, if nothing changes. */
  timeOfLevel(element: number, level: number): number {
    const missing = Math.max(0, level - this.#level[element]!);
    return this.#levelAt[element]! + (missing * this.jobs[element]!) / this.#capacity[element]!;
  }

  /** Calculations done for a job since it was added, as of the element's last {@link advance}. */
  progress(element: number, user: number): number {
    return Math.min(this.#level[element]!, this.endLevel[user]!) - this.startLevel[user]!;
  }

  /** Seconds of work that an advanced element has done since the run began. */
  busySeconds(element: number): number {
    return this.#busy[element]!;
  }

  /** Forgets all jobs of an advanced element. */
  clear(element: number): void {
    this.#head[element] = -1;
    this.jobs[element] = 0;
  }

  #link(element: number, before: number, after: number): void {
    if (before < 0) this.#head[element] = after;
    else this.#next[before] = after;
    if (after >= 0) this.#previous[after] = before;
  }
}
