/**
 * Has a cluster run a sweep's shards: an array of jobs of Slurm, each of which writes its own ledger into the shared
 * folder that the sweep's results are in. Slurm may start a job again; its shard goes on where it was.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { badInput, labBroken } from '../base/errors.js';
import { readLines } from '../base/lines.js';
import { commandLine } from '../base/shell.js';
import { findOnMachine, toolEnvironment } from '../base/tools.js';
import { writeWhole } from '../base/write-whole.js';
import type { Executor, ExecutorSetting, Task } from './executor.js';
import { isSweep, ledgerName, readDescription } from './folder.js';
import { recordSchema } from './ledger.js';
import { isIn, type Shard } from './shard.js';
import { shardFolder } from './sweep.js';

export interface SlurmOptions {
  /** Jobs of the array, a shard each. */
  readonly jobs: number;
  readonly replications: number;
  /** The command of a shard, but for `--shard` and `--out`; nodes run it in the folder where the sweep was begun. */
  readonly command: readonly string[];
}

/** Seconds between two looks. */
const lookSeconds = 2;
/** Arrays, the first one included, until runs that do not come are given up. */
const arraysMost = 3;

/** @throws HarnessError `bad-input` where there is no Slurm */
export function checkSlurm(): void {
  const missing = ['sbatch', 'squeue', 'scancel'].filter((name) => findOnMachine(name) === undefined);
  if (missing.length === 0) return;
  throw badInput(`--slurm: expected a machine that submits jobs to Slurm, got one without ${missing.join(', ')}`);
}

export const slurmExecutor =
  (options: SlurmOptions) =>
  (setting: ExecutorSetting): Executor => {
    let words: string | null = null;
    return {
      state: () => words,
      perform: (tasks, give) =>
        new Arrays(options, setting, give, (state) => {
          words = state;
        }).perform(tasks),
    };
  };

class Arrays {
  readonly #shards: readonly Shard[];
  /** Bytes of each shard's ledger that were read. */
  readonly #read = new Map<Shard, number>();
  #missing = new Map<string, Task>();

  constructor(
    private readonly options: SlurmOptions,
    private readonly setting: ExecutorSetting,
    private readonly give: Parameters<Executor['perform']>[1],
    private readonly show: (state: string) => void,
  ) {
    const { jobs } = options;
    this.#shards = Array.from({ length: jobs }, (_, at) => ({ number: at + 1, of: jobs }));
  }

  async perform(tasks: readonly Task[]): Promise<void> {
    this.#missing = new Map(tasks.map((task) => [`${task.point.index}/${task.replication}`, task]));
    let last = '';
    for (let array = 1; array <= arraysMost && this.#missing.size > 0; array++) {
      const left = [...this.#missing.values()];
      const wanted = this.#shards.filter((shard) => left.some((task) => isIn(shard, task, this.options.replications)));
      last = await this.#submit(wanted);
      await this.#await(last);
      if (this.setting.signal.aborted) return;
      this.#takeFailures();
    }
    for (const task of this.#missing.values()) {
      const logs = join(this.setting.folder, 'slurm');
      this.give(task, { reason: `${arraysMost} jobs of Slurm ended without it, the last of ${last}; see ${logs}` });
    }
  }

  /** @returns the job's number */
  async #submit(shards: readonly Shard[]): Promise<string> {
    const { folder } = this.setting;
    mkdirSync(join(folder, 'slurm'), { recursive: true });
    const script = join(folder, 'slurm', 'shard.sh');
    const { command, jobs } = this.options;
    const words = commandLine([...command, '--out', join(folder, 'shards')]);
    writeWhole(script, `#!/bin/sh\nexec ${words} --shard "$SLURM_ARRAY_TASK_ID/${jobs}"\n`);
    const numbers = rangesOf(shards.map(({ number }) => number));
    const output = join(folder, 'slurm', '%A-%a.log');
    const name = `rsplab-${this.setting.grid.experiment}`;
    const said = await slurm('sbatch', [
      '--parsable',
      `--array=${numbers}`,
      `--output=${output}`,
      `--job-name=${name}`,
      script,
    ]);
    const job = jobOf(said);
    this.setting.say(`slurm: job ${job}, shards ${numbers} of ${jobs}`);
    return job;
  }

  async #await(job: string): Promise<void> {
    const { clock, signal } = this.setting;
    for (;;) {
      // What is over has written all that it will write.
      const states = statesOf(await slurm('squeue', ['--noheader', '--array', `--jobs=${job}`, '--format=%T'], true));
      this.show(`Slurm: ${states.running} running, ${states.waiting} waiting`);
      this.#takeResults();
      if (states.running + states.waiting === 0 || this.#missing.size === 0) return;
      await clock.sleepUntil(clock.now() + lookSeconds, signal).catch(() => {});
      if (!signal.aborted) continue;
      await slurm('scancel', [job], true);
      return;
    }
  }

  #takeResults(): void {
    const { folder, grid } = this.setting;
    for (const shard of this.#shards) {
      const path = join(shardFolder(join(folder, 'shards'), grid.experiment, shard), ledgerName);
      if (!existsSync(path)) continue;
      const { lines, bytes } = readLines(path, recordSchema, 'a finished run', this.#read.get(shard));
      this.#read.set(shard, bytes);
      for (const { point, replication, seed: _, ...result } of lines) this.#settle(`${point}/${replication}`, result);
    }
  }

  /** What came to nothing there comes to nothing anywhere. */
  #takeFailures(): void {
    const { folder, grid } = this.setting;
    const indexOf = new Map(grid.points.map(({ point, index }) => [JSON.stringify(point), index]));
    for (const shard of this.#shards) {
      const path = shardFolder(join(folder, 'shards'), grid.experiment, shard);
      if (!isSweep(path)) continue;
      for (const { point, replication, reason } of readDescription(path, '--slurm').failures)
        this.#settle(`${indexOf.get(JSON.stringify(point))}/${replication}`, { reason });
    }
  }

  #settle(key: string, outcome: Parameters<Parameters<Executor['perform']>[1]>[1]): void {
    const task = this.#missing.get(key);
    if (!task || !this.#missing.delete(key)) return;
    this.give(task, outcome);
  }
}

/** Of `sbatch --parsable`: the job, and on some the cluster's name after a semicolon. */
export function jobOf(said: string): string {
  const [, job] = /^(\d+)(?:;\S+)?\s*$/m.exec(said) ?? [];
  if (job === undefined) throw labBroken(`sbatch: expected a job's number, got '${said.trim()}'`);
  return job;
}

/** Of a line for each job of an array. */
export function statesOf(said: string): { running: number; waiting: number } {
  const states = said.split('\n').map((line) => line.trim());
  const count = (names: RegExp) => states.filter((state) => names.test(state)).length;
  return {
    running: count(/^(RUNNING|COMPLETING|STAGE_OUT|STOPPED|SUSPENDED|SIGNALING)$/),
    waiting: count(/^(PENDING|CONFIGURING|REQUEUED|REQUEUE_HOLD|REQUEUE_FED|RESIZING|SPECIAL_EXIT|PREEMPTED)$/),
  };
}

/** `1-3,7` of 1, 2, 3, 7. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** @param mayFail what is not known any more is over */
async function slurm(program: string, options: readonly string[], mayFail = false): Promise<string> {
  const environment = toolEnvironment();
  const { failed, stdout, stderr } = await execa(findOnMachine(program) ?? program, options, {
    ...{ env: { PATH: environment.PATH ?? '' }, stdin: 'ignore', reject: false },
  });
  if (!failed) return stdout;
  if (mayFail && /Invalid job id/i.test(stderr)) return '';
  if (mayFail) return 'PENDING';
  throw labBroken(`${program}: ${stderr.trim().split('\n').at(-1)}`);
}
