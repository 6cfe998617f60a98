/**
 * Looks for fewer faults that fail the same check: runs the plan again and again with some of them left out. Real runs
 * are noisy, so each candidate is run several times, and counts as failing when the check fails in one of them: what
 * fails now and then is what is looked for, and one failing run proves that these faults are enough. A run whose lab
 * broke says nothing and is tried again; a candidate that gets nothing else is taken for one that does not fail, but
 * then the search does not claim to have found the smallest.
 */
import { join, relative, resolve } from 'node:path';
import { badInput, interrupted } from '../base/errors.js';
import { commandLine } from '../base/shell.js';
import { writeWhole } from '../base/write-whole.js';
import { type LoadedRun, loadRun } from '../compare/load.js';
import type { Plan } from '../experiment/plan.js';
import type { CheckResult } from '../result/summary.js';
import { replayCommand } from '../run/replay.js';
import { ddmin } from './ddmin.js';
import { createSearchFolder, type Search, storeSearch, type Trial } from './folder.js';
import { faultsThatStruck } from './struck.js';

/** Runs a plan once, in a folder of its own below `out`; `broken`: the lab was not to be trusted. */
export type RunOnce = (
  plan: Plan,
  out: string,
) => Promise<{ folder: string; checks: readonly CheckResult[]; broken: boolean }>;

export interface ShrinkOptions {
  readonly on: string;
  readonly runOnce: RunOnce;
  /** Looked at after each run. */
  readonly signal: Pick<AbortSignal, 'aborted'>;
  /** Sets of faults to try before any others, for instance because their like failed the check elsewhere. */
  readonly suspects?: readonly (readonly number[])[];
  /** Before each run, with the candidate's number of faults. */
  readonly onRun?: (search: Search, faults: number) => void;
}

export interface SearchOptions {
  /** The failed check; the run's first one when left out. */
  readonly check: string | undefined;
  readonly on: string;
  readonly repeat: number;
  readonly maxRuns: number;
  readonly out: string;
  readonly id: string;
  /**
   * Of the subject, where every run of a plan comes to the same: then the failed run is the first one of the search,
   * unless another version made it. @defaultValue null
   */
  readonly fingerprint?: string | null;
}

/**
 * Prepares a search in a folder of its own.
 * @throws HarnessError `bad-input` for a run in which no such check failed, or no fault struck
 */
export function beginSearch(runFolder: string, options: SearchOptions): string {
  const run = loadRun(runFolder);
  const failed = run.summary.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
  const name = options.check ?? failed[0];
  if (name === undefined) throw badInput(`${runFolder}: expected a run of which a check failed, got none`);
  if (!failed.includes(name)) {
    throw badInput(`--check: expected one of the failed checks ${failed.join(', ') || '(none)'}, got '${name}'`);
  }
  const schedule = faultsThatStruck(run);
  if (schedule.length === 0) throw badInput(`${runFolder}: expected a run with faults, got one without`);
  const { on, repeat, maxRuns, out, id } = options;
  return createSearchFolder(out, id, {
    ...{ schemaVersion: 1, experiment: run.plan.experiment, run: run.folder, check: name, on, repeat, maxRuns },
    ...{ schedule, trials: [], smallest: null, state: 'running', replay: null },
    ...(isRepeatable(run, schedule, options) && knownToFail(run, name, options)),
  });
}

/** Whether one more run of all faults would only come to the same again. */
function isRepeatable({ plan, summary }: LoadedRun, schedule: Search['schedule'], options: SearchOptions): boolean {
  const { fingerprint = null, on } = options;
  const sameFaults = JSON.stringify(schedule) === JSON.stringify(plan.faults);
  return fingerprint !== null && summary.on === on && summary.machine?.fingerprint === fingerprint && sameFaults;
}

function knownToFail({ plan, folder, summary }: LoadedRun, check: string, { on, out, id }: SearchOptions) {
  const all = plan.faults.map((_, at) => at);
  const { verdict, detail } = summary.checks.find(({ name }) => name === check)!;
  const searchFolder = resolve(out, plan.experiment, id);
  const run = { folder: relative(searchFolder, folder), verdict, detail, broken: false };
  const file = join(folder, 'plan.json');
  return {
    trials: [{ faults: all, runs: [run], fails: true }],
    smallest: all,
    replay: replayCommand({ ...plan, file }, on),
  };
}

/**
 * Searches on, from wherever the search is.
 * @throws HarnessError `interrupted` when the signal ended it
 */
export async function shrink(folder: string, search: Search, options: ShrinkOptions): Promise<Search> {
  const seeker = new Seeker(folder, loadRun(search.run), structuredClone(search), options);
  return seeker.seek();
}

/** Thrown, and caught, here only. */
class OutOfRuns extends Error {}

class Seeker {
  constructor(
    private readonly folder: string,
    private readonly run: LoadedRun,
    private readonly search: Search,
    private readonly options: ShrinkOptions,
  ) {}

  async seek(): Promise<Search> {
    const { search } = this;
    const all = search.schedule.map((_, at) => at);
    search.state = 'running';
    try {
      const reproduced = await this.#fails(all);
      // A check that fails without any fault is none that faults explain.
      if (reproduced && !(await this.#fails([])))
        await ddmin(await this.#beginning(all), (faults) => this.#fails(faults));
      if (search.trials.some(isUndecided) && search.smallest?.length !== 0) this.#conclude('undecided');
      else this.#conclude(reproduced ? 'minimal' : 'not reproduced');
    } catch (error) {
      if (!(error instanceof OutOfRuns)) throw error;
      this.#conclude('exhausted');
    }
    return search;
  }

  /** The first of the suspects that fails, else all faults. */
  async #beginning(all: readonly number[]): Promise<readonly number[]> {
    const fewer = (this.options.suspects ?? []).filter(({ length }) => length > 0 && length < all.length);
    for (const faults of fewer) if (await this.#fails(faults)) return faults;
    return all;
  }

  #conclude(state: Search['state']): void {
    this.search.state = state;
    storeSearch(this.folder, this.search);
  }

  get #runs(): number {
    return this.search.trials.reduce((sum, { runs }) => sum + runs.length, 0);
  }

  async #fails(faults: readonly number[]): Promise<boolean> {
    const trial = this.#trialOf(faults);
    while (trial.fails === null && !isUndecided(trial)) {
      if (this.#runs >= this.search.maxRuns) throw new OutOfRuns();
      await this.#repeat(trial);
    }
    return trial.fails === true;
  }

  /** What was tried before, perhaps by a process that was killed, is not tried again. */
  #trialOf(faults: readonly number[]): Trial {
    const { trials } = this.search;
    const key = faults.join();
    const known = trials.find((trial) => trial.faults.join() === key);
    if (known) return known;
    const trial: Trial = { faults: [...faults], runs: [], fails: null };
    trials.push(trial);
    return trial;
  }

  async #repeat(trial: Trial): Promise<void> {
    const { search, folder, options } = this;
    const file = join(folder, 'plans', `${search.trials.indexOf(trial) + 1}.json`);
    const plan = { ...this.run.plan, file, faults: trial.faults.map((at) => search.schedule[at]!) };
    writeWhole(file, `${JSON.stringify(plan, null, 2)}\n`);
    options.onRun?.(search, trial.faults.length);
    const ran = await options.runOnce(plan, join(folder, 'runs'));
    if (options.signal.aborted) {
      const again = commandLine(['rsplab', 'shrink', '--resume', folder]);
      throw interrupted(`The search was ended after ${this.#runs} runs; go on with: ${again}`);
    }
    const { verdict, detail } = ran.checks.find(({ name }) => name === search.check) ?? missing;
    trial.runs.push({ folder: relative(folder, ran.folder), verdict, detail, broken: ran.broken });
    if (verdict === 'fail') trial.fails = true;
    else if (trial.runs.length - brokenRuns(trial) >= search.repeat) trial.fails = false;
    if (trial.fails && (!search.smallest || trial.faults.length < search.smallest.length)) {
      search.smallest = trial.faults;
      search.replay = replayCommand(plan, options.on);
    }
    storeSearch(folder, search);
  }
}

/** So often may a lab break before a candidate is given up. */
const mostBrokenRuns = 3;

const brokenRuns = ({ runs }: Trial): number => runs.filter(({ broken }) => broken).length;

const isUndecided = (trial: Trial): boolean => trial.fails === null && brokenRuns(trial) >= mostBrokenRuns;

const missing = { verdict: 'unknown' as const, detail: 'the run has no such check' };
