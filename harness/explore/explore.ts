/**
 * Seed after seed: runs an experiment that draws its faults, shrinks the schedule of each run of which a check failed,
 * and keeps what is found. What is done goes into a ledger line by line; all else is made from it, so that an
 * exploration that was killed goes on where it was.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { newSession } from '../base/session.js';
import type { LoadedExperiment } from '../experiment/load.js';
import type { Plan } from '../experiment/plan.js';
import { runId } from '../run/folder.js';
import type { Subject } from '../run/subject.js';
import { versions } from '../run/versions.js';
import { createExplorationFolder, type Exploration, ledgerName, readExploration } from './folder.js';
import { Notebook } from './notebook.js';
import { Prober } from './prober.js';

export interface ExploreOptions {
  readonly subject: Subject;
  readonly planFor: (seed: number) => Plan;
  readonly firstSeed: number;
  /** Null when time decides. */
  readonly seeds: number | null;
  readonly forSeconds: number | null;
  /** Runs at a time. */
  readonly jobs: number;
  /** Runs of each search for fewer faults. */
  readonly maxRuns: number;
  /** Folder for results. */
  readonly out: string;
  /** Folder of an exploration to go on with; null for a new one. */
  readonly resume: string | null;
  readonly clock: Clock;
  /** Asks to end in good order: runs under way are given up, results so far are kept. */
  readonly signal: AbortSignal;
  readonly say?: (line: string) => void;
  readonly onProgress?: (progress: ExploreProgress) => void;
}

export interface ExploreProgress {
  readonly folder: string;
  readonly exploration: Exploration;
  /** Seeds that an earlier process tried. */
  readonly before: number;
  /** What is under way, e.g. `seed 7, run 12 for noRequestLost`. */
  readonly under: readonly string[];
}

export interface FinishedExploration {
  readonly folder: string;
  readonly exploration: Exploration;
}

/** @throws HarnessError `bad-input` before anything was started */
export async function explore(loaded: LoadedExperiment, options: ExploreOptions): Promise<FinishedExploration> {
  const { subject, firstSeed, clock, resume, jobs, say = () => {} } = options;
  const plan = options.planFor(firstSeed);
  checkPlan(plan);
  if (jobs > 1 && subject.clock === 'real')
    throw badInput(
      `--jobs: expected 1 on ${subject.name}, which measures real time and wants the machine, got ${jobs}`,
    );
  subject.check(plan);
  const now = describe(loaded, plan, options);
  const before = resume === null ? null : readExploration(resume);
  if (before) checkSame(resume!, before, now);
  // Once, before several runs would do so at a time.
  await subject.tryOut?.(plan, say);
  const folder = resume ?? createExplorationFolder(options.out, runId(clock.now(), newSession()), now);
  const notebook = new Notebook(
    folder,
    { ...now, spentSeconds: before?.spentSeconds ?? 0 },
    clock,
    join(folder, ledgerName),
  );
  try {
    await new Lanes(folder, notebook, options).run();
  } finally {
    notebook.close();
  }
  return { folder, exploration: notebook.exploration };
}

function checkPlan({ experiment, checks, faults }: Plan): void {
  if (checks.length === 0) throw badInput(`${experiment}.checks: expected some, of which one may fail, got none`);
  if (faults.length === 0) throw badInput(`${experiment}.faults: expected some that follow from the seed, got none`);
}

function describe(loaded: LoadedExperiment, plan: Plan, options: ExploreOptions): Exploration {
  const { experiment, file, question, expectation } = loaded;
  const { subject, firstSeed, seeds, forSeconds, maxRuns } = options;
  const planned = JSON.stringify({ ...plan, file: null, question: null, expectation: null });
  return {
    ...{ schemaVersion: 1, experiment: experiment.name, question, expectation, file, on: subject.name },
    ...{ point: { ...plan.point }, phases: { ...plan.phases }, firstSeed, seeds, forSeconds, maxRuns },
    planSha256: createHash('sha256').update(planned).digest('hex'),
    fingerprint: subject.fingerprint?.(plan) ?? null,
    versions: versions(),
    ...{ state: 'running', spentSeconds: 0, runs: 0, tried: { seeds: 0, passed: 0, failed: 0, unknown: 0 } },
    ...{ groups: [], unfinished: [], unconfirmed: [], unknown: [] },
  };
}

/** Runs of different plans, or of different machines, do not belong together. */
function checkSame(folder: string, before: Exploration, now: Exploration): void {
  const same = ['experiment', 'on', 'firstSeed', 'maxRuns', 'planSha256', 'fingerprint'] as const;
  for (const what of same) {
    if (before[what] === now[what]) continue;
    throw badInput(`--resume: expected the same ${what} as in ${folder} (${before[what]}), got ${now[what]}`);
  }
}

/** Each takes the next seed as soon as it is done with one, until all are tried or there is a reason to stop. */
class Lanes {
  readonly #prober: Prober;
  readonly #under = new Map<number, string>();
  readonly #endsAt: number;
  readonly #before: number;
  #next: number;

  constructor(
    private readonly folder: string,
    private readonly notebook: Notebook,
    private readonly options: ExploreOptions,
  ) {
    const { clock, forSeconds, firstSeed } = options;
    this.#endsAt =
      forSeconds === null ? Number.POSITIVE_INFINITY : clock.now() + forSeconds - notebook.exploration.spentSeconds;
    this.#before = notebook.exploration.tried.seeds;
    this.#next = firstSeed;
    this.#prober = new Prober(folder, notebook, {
      ...options,
      isOver: () => this.#isOver(),
      onWork: (seed, what) => this.#tell(seed, what),
    });
  }

  async run(): Promise<void> {
    const { notebook, options } = this;
    this.#tell(null, null);
    const lane = async () => {
      for (let seed = this.#take(); seed !== null; seed = this.#take()) {
        await this.#prober.probe(seed);
        this.#tell(seed, null);
      }
    };
    await Promise.all(Array.from({ length: options.jobs }, lane));
    notebook.conclude(options.signal.aborted ? 'interrupted' : 'complete');
    this.#tell(null, null);
  }

  #isOver(): boolean {
    return this.options.signal.aborted || this.options.clock.now() >= this.#endsAt;
  }

  /** The next seed of which anything is left to do. */
  #take(): number | null {
    const { seeds, firstSeed } = this.options;
    if (this.#isOver()) return null;
    while (this.notebook.isDone(this.#next)) this.#next++;
    return seeds !== null && this.#next >= firstSeed + seeds ? null : this.#next++;
  }

  #tell(seed: number | null, what: string | null): void {
    if (seed !== null && what !== null) this.#under.set(seed, `seed ${seed}, ${what}`);
    else if (seed !== null) this.#under.delete(seed);
    const { folder, notebook } = this;
    const under = [...this.#under.values()];
    this.options.onProgress?.({ folder, exploration: notebook.exploration, before: this.#before, under });
  }
}
