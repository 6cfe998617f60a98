/**
 * Searches many schedules in the model, which takes milliseconds each, and has a lab try the most interesting ones.
 * What is done goes into ledgers line by line, so that a search that was killed goes on where it was.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { badInput } from '../../base/errors.js';
import { Lines } from '../../base/lines.js';
import { newSession } from '../../base/session.js';
import type { LoadedExperiment } from '../../experiment/load.js';
import { type Plan, planner } from '../../experiment/plan.js';
import { runId } from '../../run/folder.js';
import { run } from '../../run/run.js';
import type { Subject } from '../../run/subject.js';
import { versions } from '../../run/versions.js';
import { agreementOf, type Confirmed, confirmedSchema } from './agreement.js';
import { type Choice, choose } from './choose.js';
import { createScreeningFolder, readScreening, type Screening, storeScreening } from './folder.js';
import { type Batch, batchSchema } from './screened.js';
import { type Source, screener } from './screener.js';

export interface ScreenOptions {
  /** Where a plan is simulated. */
  readonly model: Subject;
  /** Tries what the model found. */
  readonly lab: Subject;
  readonly source: Source;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly top: number;
  readonly quirks: boolean;
  /** Threads of the model, and runs of the lab at a time. */
  readonly jobs: number;
  readonly labJobs: number;
  readonly out: string;
  /** Folder of a search to go on with; null for a new one. */
  readonly resume: string | null;
  readonly clock: Clock;
  /** Asks to end in good order. */
  readonly signal: AbortSignal;
  readonly say?: (line: string) => void;
  readonly onProgress?: (screening: Screening) => void;
}

export interface FinishedScreening {
  readonly folder: string;
  readonly screening: Screening;
}

const batchSeeds = 250;

/** @throws HarnessError `bad-input` before anything was started */
export async function screen(loaded: LoadedExperiment, options: ScreenOptions): Promise<FinishedScreening> {
  const { model, lab, source, firstSeed, clock, resume } = options;
  const planFor = planner(loaded.experiment, source);
  const plan = planFor(firstSeed);
  if (plan.checks.length === 0) throw badInput(`${plan.experiment}.checks: expected some that may fail, got none`);
  if (plan.faults.length === 0)
    throw badInput(`${plan.experiment}.faults: expected some that follow from the seed, got none`);
  for (const subject of [model, lab]) subject.check(plan);
  const now = describe(plan, options);
  const before = resume === null ? null : readScreening(resume);
  if (before) checkSame(resume!, before, now);
  const folder = resume ?? createScreeningFolder(options.out, runId(clock.now(), newSession()), now);
  // More seeds or more runs of the lab may be asked for.
  const wanted = before ? { ...before, seeds: now.seeds, top: now.top } : now;
  const search = new Search(folder, wanted, planFor, options);
  return { folder, screening: await search.run() };
}

function describe(plan: Plan, { source, firstSeed, seeds, quirks, lab, top }: ScreenOptions): Screening {
  const planned = JSON.stringify({ ...plan, file: null, question: null, expectation: null });
  return {
    ...{ schemaVersion: 1, experiment: plan.experiment, file: source.file, point: { ...plan.point } },
    ...{ phases: { ...plan.phases }, firstSeed, seeds, quirks, confirm: lab.name, top },
    planSha256: createHash('sha256').update(planned).digest('hex'),
    ...{ versions: versions(), state: 'running', screened: { seeds: 0, kinds: {}, seconds: 0 } },
    ...{ confirmed: { runs: 0, passed: 0, failed: 0, unknown: 0, seconds: 0 }, agreement: [] },
  };
}

function checkSame(folder: string, before: Screening, now: Screening): void {
  for (const what of ['experiment', 'firstSeed', 'quirks', 'confirm', 'planSha256'] as const) {
    if (before[what] === now[what]) continue;
    throw badInput(`--resume: expected the same ${what} as in ${folder} (${before[what]}), got ${now[what]}`);
  }
}

class Search {
  readonly #batches: Lines<Batch>;
  readonly #confirmed: Lines<Confirmed>;
  readonly #allBatches: Batch[];
  readonly #allConfirmed: Confirmed[];
  #screening: Screening;

  constructor(
    private readonly folder: string,
    before: Screening,
    private readonly planFor: (seed: number) => Plan,
    private readonly options: ScreenOptions,
  ) {
    this.#screening = before;
    this.#batches = new Lines(join(folder, 'screened.ndjson'), batchSchema, 'screened seeds');
    this.#confirmed = new Lines(join(folder, 'confirmed.ndjson'), confirmedSchema, 'a run of the lab');
    this.#allBatches = [...this.#batches.before];
    this.#allConfirmed = [...this.#confirmed.before];
  }

  async run(): Promise<Screening> {
    const { signal } = this.options;
    try {
      await this.#timed('screened', () => this.#screen());
      if (!signal.aborted) await this.#timed('confirmed', () => this.#confirm());
      this.#store(signal.aborted ? 'interrupted' : 'complete');
    } finally {
      this.#batches.close();
      this.#confirmed.close();
    }
    return this.#screening;
  }

  /** Batches in any order, as threads are done with them. */
  async #screen(): Promise<void> {
    const { source, firstSeed, seeds, quirks, jobs, signal } = this.options;
    const done = new Set(this.#allBatches.map(({ from }) => from));
    const starts = Array.from({ length: Math.ceil(seeds / batchSeeds) }, (_, at) => firstSeed + at * batchSeeds);
    const left = starts.filter((from) => !done.has(from));
    if (left.length === 0) return;
    const threads = screener(jobs);
    const lane = async () => {
      for (let from = left.shift(); from !== undefined && !signal.aborted; from = left.shift()) {
        const task = { source, from, seeds: Math.min(batchSeeds, firstSeed + seeds - from), hasQuirks: quirks };
        const batch = await threads.screen(task);
        this.#batches.append(batch);
        this.#allBatches.push(batch);
        this.#store('running');
      }
    };
    // One more each, so that no thread waits for the next batch.
    await Promise.all(Array.from({ length: 2 * jobs }, lane)).finally(() => threads.close());
  }

  async #confirm(): Promise<void> {
    const { lab, labJobs, signal, firstSeed, say = () => {} } = this.options;
    const done = new Set(this.#allConfirmed.map(({ seed }) => seed));
    const left = this.#choices().filter(({ screened }) => !done.has(screened.seed));
    if (left.length === 0) return;
    // Once, before several runs would do so at a time.
    await lab.tryOut?.(this.planFor(firstSeed), say);
    const lane = async () => {
      for (let choice = left.shift(); choice && !signal.aborted; choice = left.shift()) {
        const confirmed = await this.#try(choice.screened.seed);
        if (signal.aborted) return;
        this.#confirmed.append(confirmed);
        this.#allConfirmed.push(confirmed);
        this.#store('running');
      }
    };
    await Promise.all(Array.from({ length: labJobs }, lane));
  }

  async #try(seed: number): Promise<Confirmed> {
    const { lab } = this.options;
    const { folder, summary } = await run(this.planFor(seed), lab, { ...this.options, out: join(this.folder, 'runs') });
    const { verdict, reasons, checks } = summary;
    if (verdict === 'pass') rmSync(folder, { recursive: true, force: true });
    return {
      ...{ seed, verdict, reasons: [...reasons] },
      checks: Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict])),
      details: Object.fromEntries(checks.flatMap((it) => (it.verdict === 'pass' ? [] : [[it.name, it.detail]]))),
      folder: verdict === 'pass' ? null : relative(this.folder, folder),
    };
  }

  #choices(): Choice[] {
    return choose(
      [...this.#allBatches].sort((a, b) => a.from - b.from),
      this.options.top,
    );
  }

  async #timed(what: 'screened' | 'confirmed', work: () => Promise<void>): Promise<void> {
    const { clock } = this.options;
    const began = clock.now();
    const before = this.#screening[what].seconds;
    await work();
    this.#screening = {
      ...this.#screening,
      [what]: { ...this.#screening[what], seconds: before + clock.now() - began },
    };
    this.#store('running');
  }

  #store(state: Screening['state']): void {
    const kinds: Record<string, number> = {};
    for (const batch of this.#allBatches)
      for (const [kind, runs] of Object.entries(batch.kinds)) kinds[kind] = (kinds[kind] ?? 0) + runs;
    const runs = this.#allConfirmed;
    const counted = (verdict: Confirmed['verdict']) => runs.filter((each) => each.verdict === verdict).length;
    const checks = this.planFor(this.options.firstSeed).checks.map(({ name }) => name);
    this.#screening = {
      ...this.#screening,
      state,
      screened: {
        ...this.#screening.screened,
        ...{ seeds: this.#allBatches.reduce((sum, { seeds }) => sum + seeds, 0), kinds },
      },
      confirmed: {
        ...this.#screening.confirmed,
        ...{ runs: runs.length, passed: counted('pass'), failed: counted('fail'), unknown: counted('unknown') },
      },
      agreement: runs.length === 0 ? [] : agreementOf(checks, this.#choices(), runs),
    };
    storeScreening(this.folder, this.#screening);
    this.options.onProgress?.(this.#screening);
  }
}
