// What is used together lies side by side, so that a large run need not fetch it from many places: a record of each
// element and one of each job, the fields of which have these places in it.
const elementLength = 5;
const capacity = 0;
const level = 1;
/** When the level was brought up to date. */
const levelAt = 2;
/** Seconds for which the element had work to do, up to then. */
const busy = 3;
/** Two integers in the room of a fifth number: jobs present, and the first job. */
const stateLength = 2 * elementLength;
const present = 8;
const head = 9;

/** A job's next and previous one are two integers in the room of a third number. */
const jobLength = 5;
const startLevel = 0;
const endLevel = 1;
const linksLength = 2 * jobLength;
const next = 4;
const previous = 5;
const mark = 3;
const markedAt = 4;
const none = -1;

/**
 * Processor sharing: every element splits its capacity equally among the jobs it has. All jobs of an element therefore
 * progress alike, so one number per element, the work done per job since the element was last empty, tells the progress
 * of all of them, and jobs finish in the order of the level of that number at which their own work is done. Nothing
 * needs to be updated but at an arrival or a departure.
 *
 * A job is known by a number that its owner gives it.
 */
export class ProcessorSharing {
  readonly #elements: Float64Array;
  /** The elements again, seen as integers. The jobs of one are a list, the one that finishes first at its head. */
  readonly #states: Int32Array;
  readonly #jobs: Float64Array;
  /** The jobs again, seen as integers. */
  readonly #links: Int32Array;

  /** `most`: jobs have smaller numbers than that. */
  constructor(capacities: readonly number[], most: number) {
    this.#elements = new Float64Array(elementLength * capacities.length);
    this.#states = new Int32Array(this.#elements.buffer);
    this.#jobs = new Float64Array(jobLength * most);
    this.#links = new Int32Array(this.#jobs.buffer);
    for (const [element, each] of capacities.entries()) {
      this.#elements[elementLength * element + capacity] = each;
      this.clear(element);
    }
  }

  /** Jobs present at an element. */
  jobs(element: number): number {
    return this.#states[stateLength * element + present]!;
  }

  /** Level of an element at which a job started, in calculations per job. */
  startLevel(job: number): number {
    return this.#jobs[jobLength * job + startLevel]!;
  }

  /** Level of an element at which a job is done. */
  endLevel(job: number): number {
    return this.#jobs[jobLength * job + endLevel]!;
  }

  /** Progress of a job, in calculations, that somebody made a note of, and when; 0 when it was added. */
  mark(job: number): number {
    return this.#jobs[jobLength * job + mark]!;
  }

  markedAt(job: number): number {
    return this.#jobs[jobLength * job + markedAt]!;
  }

  setMark(job: number, progress: number, now: number): void {
    this.#jobs[jobLength * job + mark] = progress;
    this.#jobs[jobLength * job + markedAt] = now;
  }

  /** Brings an element's progress up to this time. */
  advance(element: number, now: number): void {
    const elements = this.#elements;
    const at = elementLength * element;
    const sharers = this.jobs(element);
    if (sharers > 0) {
      const passed = now - elements[at + levelAt]!;
      elements[at + level] = elements[at + level]! + (passed * elements[at + capacity]!) / sharers;
      elements[at + busy] = elements[at + busy]! + passed;
    }
    elements[at + levelAt] = now;
  }

  /** Gives an advanced element a job of so many calculations. */
  add(element: number, job: number, calculations: number): void {
    const elements = this.#elements;
    const at = elementLength * element;
    // An empty element starts from zero again, which keeps the levels small and therefore exact.
    if (this.jobs(element) === 0) elements[at + level] = 0;
    this.#states[stateLength * element + present]!++;
    const start = elements[at + level]!;
    const end = start + calculations;
    this.#jobs[jobLength * job + startLevel] = start;
    this.#jobs[jobLength * job + endLevel] = end;
    this.#jobs[jobLength * job + mark] = 0;
    this.#jobs[jobLength * job + markedAt] = elements[at + levelAt]!;
    let before = none;
    let after = this.first(element);
    while (after >= 0 && this.endLevel(after) <= end) {
      before = after;
      after = this.after(after);
    }
    this.#link(element, before, job);
    this.#link(element, job, after);
  }

  /** Takes a job from an advanced element. */
  remove(element: number, job: number): void {
    this.#link(element, this.#links[linksLength * job + previous]!, this.after(job));
    this.#states[stateLength * element + present]!--;
  }

  /** The job that finishes first if nothing changes; −1 when there is none. */
  first(element: number): number {
    return this.#states[stateLength * element + head]!;
  }

  /** The job that finishes after this one; −1 when there is none. */
  after(job: number): number {
    return this.#links[linksLength * job + next]!;
  }

  /** When an advanced element's progress will have reached this level, if nothing changes. */
  timeOfLevel(element: number, aim: number): number {
    const elements = this.#elements;
    const at = elementLength * element;
    const missing = Math.max(0, aim - elements[at + level]!);
    return elements[at + levelAt]! + (missing * this.jobs(element)) / elements[at + capacity]!;
  }

  /** Calculations done for a job since it was added, as of the element's last {@link advance}. */
  progress(element: number, job: number): number {
    const reached = Math.min(this.#elements[elementLength * element + level]!, this.endLevel(job));
    return reached - this.startLevel(job);
  }

  /** Seconds of work that an advanced element has done since the run began. */
  busySeconds(element: number): number {
    return this.#elements[elementLength * element + busy]!;
  }

  /** Forgets all jobs of an advanced element. */
  clear(element: number): void {
    this.#states[stateLength * element + present] = 0;
    this.#states[stateLength * element + head] = none;
  }

  #link(element: number, before: number, after: number): void {
    if (before < 0) this.#states[stateLength * element + head] = after;
    else this.#links[linksLength * before + next] = after;
    if (after >= 0) this.#links[linksLength * after + previous] = before;
  }
}
