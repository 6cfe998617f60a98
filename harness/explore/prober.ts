/** Tries a seed: runs it, and looks for fewer faults that fail each check that failed. */
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Clock } from '../base/clock.js';
import { codeOf, messageOf } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import { loadRun } from '../compare/load.js';
import type { Plan } from '../experiment/plan.js';
import { type FinishedRun, run } from '../run/run.js';
import type { Subject } from '../run/subject.js';
import { isSearch, readSearch, type Search } from '../shrink/folder.js';
import { beginSearch, type RunOnce, shrink } from '../shrink/shrink.js';
import type { Shrunk, Tried } from './ledger.js';
import { type Notebook, smallestPlan } from './notebook.js';
import { alike, shapeOf } from './shape.js';

export interface ProberOptions {
  readonly subject: Subject;
  readonly planFor: (seed: number) => Plan;
  readonly maxRuns: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether nothing new shall begin. */
  readonly isOver: () => boolean;
  readonly onWork: (seed: number, what: string) => void;
}

/** Runs of each candidate: in real time, what fails now and then is what is looked for. */
const repeatsInRealTime = 2;

type Memory = Map<string, Awaited<ReturnType<RunOnce>>>;

export class Prober {
  /** A search is given up between two runs when time is over, and in the midst of one when somebody asks. */
  readonly #over: { readonly aborted: boolean };

  constructor(
    private readonly folder: string,
    private readonly notebook: Notebook,
    private readonly options: ProberOptions,
  ) {
    this.#over = {
      get aborted() {
        return options.isOver();
      },
    };
  }

  async probe(seed: number): Promise<void> {
    const tried = this.notebook.tried(seed) ?? (await this.#try(seed));
    if (!tried) return;
    const memory: Memory = new Map();
    for (const { check } of tried.failed) {
      if (this.notebook.shrunk(seed).some((each) => each.check === check)) continue;
      if (this.options.isOver()) return;
      const shrunk = await this.#shrink(tried, check, memory);
      if (!shrunk) return;
      this.notebook.record(shrunk);
    }
    // Whatever the seed gives, it gives again.
    for (const search of this.notebook.shrunk(seed).map((each) => each.search))
      rmSync(join(this.folder, search, 'runs'), { recursive: true, force: true });
  }

  /** @returns undefined when it was interrupted */
  async #try(seed: number): Promise<Tried | undefined> {
    const { planFor, signal, onWork, subject } = this.options;
    onWork(seed, 'all faults');
    const nothing = { line: 'tried', seed, folder: null } as const;
    let finished: FinishedRun;
    let plan: Plan;
    try {
      plan = planFor(seed);
      finished = await run(plan, subject, { ...this.options, out: join(this.folder, 'runs') });
    } catch (error) {
      // A seed that asks for the impossible stops no other.
      if (codeOf(error) !== 'bad-input') throw error;
      this.notebook.record({ ...nothing, failed: [], verdict: 'unknown', reasons: [messageOf(error)], faults: 0 });
      return undefined;
    }
    if (signal.aborted) return undefined;
    const said = verdictOf(finished);
    const folder = said.verdict === 'pass' ? null : relative(this.folder, finished.folder);
    if (folder === null) rmSync(finished.folder, { recursive: true, force: true });
    const tried: Tried = { ...nothing, ...said, faults: plan.faults.length, folder };
    this.notebook.record(tried);
    return tried;
  }

  /** @returns undefined when it was interrupted */
  async #shrink({ seed, folder }: Tried, check: string, memory: Memory): Promise<Shrunk | undefined> {
    const { subject, maxRuns, onWork } = this.options;
    const runFolder = join(this.folder, folder!);
    const { plan } = loadRun(runFolder);
    const id = `${seed}-${check}`;
    const searchFolder = join(this.folder, 'searches', plan.experiment, id);
    if (!isSearch(searchFolder)) {
      const repeat = subject.clock === 'real' ? repeatsInRealTime : 1;
      const fingerprint = subject.fingerprint?.(plan) ?? null;
      beginSearch(runFolder, {
        check,
        on: subject.name,
        repeat,
        maxRuns,
        out: join(this.folder, 'searches'),
        id,
        fingerprint,
      });
    }
    const before = readSearch(searchFolder);
    try {
      const search = await shrink(searchFolder, before, {
        on: subject.name,
        runOnce: this.#runner(memory),
        signal: this.#over,
        suspects: this.#suspects(seed, check, plan, before),
        onRun: ({ trials }, faults) => onWork(seed, `${check}: set ${trials.length} of faults, ${faults} of them`),
      });
      return this.#concluded(seed, search, plan, searchFolder);
    } catch (error) {
      if (codeOf(error) === 'interrupted') return undefined;
      throw error;
    }
  }

  /** In virtual and simulated time the same faults come to the same, whichever check is asked about. */
  #runner(memory: Memory): RunOnce {
    const { subject } = this.options;
    return async (plan, out) => {
      const key = JSON.stringify(plan.faults);
      const known = memory.get(key);
      if (known && subject.clock !== 'real') return known;
      const { folder, summary } = await run(plan, subject, { ...this.options, out });
      const result = { folder, checks: summary.checks, broken: summary.reasons.length > 0 };
      if (!result.broken) memory.set(key, result);
      return result;
    };
  }

  /** What was left over of other checks under this seed, and what is like the findings of other seeds. */
  #suspects(seed: number, check: string, { hosts }: Plan, { schedule }: Search): number[][] {
    const own = this.notebook
      .shrunk(seed)
      .map(({ search }) => readSearch(join(this.folder, search)).smallest ?? [])
      .filter((faults) => faults.length > 0);
    const others = this.notebook.groups
      .filter((group) => group.check === check)
      .map(({ shape }) => alike(schedule, hosts, shape));
    return [...own, ...others].sort((a, b) => a.length - b.length);
  }

  #concluded(seed: number, search: Search, plan: Plan, searchFolder: string): Shrunk {
    const { schedule, smallest, check, state, trials } = search;
    const faults = (smallest ?? []).map((at) => schedule[at]!);
    const file = join(searchFolder, smallestPlan);
    if (smallest) writeWhole(file, `${JSON.stringify({ ...plan, file: null, faults }, null, 2)}\n`);
    // Runs of other searches that came to the same, and the failed run itself, lie elsewhere.
    const own = trials.flatMap(({ runs }) => runs).filter(({ folder }) => !folder.startsWith('..'));
    const trial = trials.find((each) => each.faults.join() === smallest?.join());
    const detail = trial?.runs.find(({ verdict }) => verdict === 'fail')?.detail ?? '';
    return {
      ...{ line: 'shrunk', seed, check, state, detail, of: schedule.length },
      ...{ faults: smallest?.length ?? null, shape: shapeOf(faults, plan.hosts), runs: own.length },
      search: relative(this.folder, searchFolder),
    };
  }
}

function verdictOf({ summary }: FinishedRun): Pick<Tried, 'verdict' | 'reasons' | 'failed'> {
  const { verdict, checks } = summary;
  const said = (wanted: string) => checks.filter((each) => each.verdict === wanted);
  const failed = verdict === 'fail' ? said('fail').map(({ name, detail }) => ({ check: name, detail })) : [];
  const undecided = said('unknown').map(({ name, detail }) => `${name}: ${detail}`);
  const reasons = summary.reasons.length > 0 ? summary.reasons : undecided;
  return { verdict, failed, reasons: verdict === 'unknown' ? [...reasons] : [] };
}
