/** What is known so far: the ledger, and the exploration's description, made from it anew with each line. */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { Lines } from '../base/lines.js';
import { loadPlan } from '../experiment/load-plan.js';
import { replayCommand } from '../run/replay.js';
import { type Exploration, storeExploration } from './folder.js';
import { type Group, groupsOf } from './group.js';
import { type Record, recordSchema, type Shrunk, type Tried } from './ledger.js';

/** The smallest plan of a search, in its folder. */
export const smallestPlan = 'smallest.json';

export class Notebook {
  readonly #lines: Lines<Record>;
  readonly #tried = new Map<number, Tried>();
  readonly #shrunk: Shrunk[] = [];
  readonly #begin: number;
  readonly #spentBefore: number;
  #exploration: Exploration;

  constructor(
    private readonly folder: string,
    description: Exploration,
    private readonly clock: Clock,
    ledger: string,
  ) {
    this.#lines = new Lines(ledger, recordSchema, 'a tried seed or a finished search');
    for (const line of this.#lines.before) this.#keep(line);
    this.#exploration = description;
    this.#spentBefore = description.spentSeconds;
    this.#begin = clock.now();
    this.#store('running');
  }

  get exploration(): Exploration {
    return this.#exploration;
  }

  get groups(): Group[] {
    return groupsOf(this.#shrunk);
  }

  tried(seed: number): Tried | undefined {
    return this.#tried.get(seed);
  }

  shrunk(seed: number): Shrunk[] {
    return this.#shrunk.filter((each) => each.seed === seed);
  }

  isDone(seed: number): boolean {
    const tried = this.#tried.get(seed);
    return tried !== undefined && this.shrunk(seed).length === tried.failed.length;
  }

  record(line: Record): void {
    this.#lines.append(line);
    this.#keep(line);
    this.#store('running');
  }

  conclude(state: Exploration['state']): void {
    this.#store(state);
  }

  close(): void {
    this.#lines.close();
  }

  #keep(line: Record): void {
    if (line.line === 'tried') this.#tried.set(line.seed, line);
    else this.#shrunk.push(line);
  }

  #store(state: Exploration['state']): void {
    const tried = [...this.#tried.values()].sort((a, b) => a.seed - b.seed);
    const count = (verdict: Tried['verdict']) => tried.filter((each) => each.verdict === verdict).length;
    const isShrunk = (seed: number, check: string) => this.shrunk(seed).some((each) => each.check === check);
    const failures = tried.flatMap(({ seed, failed }) => failed.map((each) => ({ seed, ...each })));
    const unconfirmed = this.#shrunk.filter(({ faults }) => faults === null).sort((a, b) => a.seed - b.seed);
    this.#exploration = {
      ...this.#exploration,
      state,
      spentSeconds: this.#spentBefore + this.clock.now() - this.#begin,
      runs: tried.length + this.#shrunk.reduce((sum, { runs }) => sum + runs, 0),
      tried: { seeds: tried.length, passed: count('pass'), failed: count('fail'), unknown: count('unknown') },
      groups: this.groups.map((group) => this.#described(group)),
      unfinished: failures.filter(({ seed, check }) => !isShrunk(seed, check)),
      unconfirmed: unconfirmed.map(({ seed, check, detail }) => ({ seed, check, detail })),
      unknown: tried.flatMap(({ seed, verdict, reasons }) => (verdict === 'unknown' ? [{ seed, reasons }] : [])),
    };
    storeExploration(this.folder, this.#exploration);
  }

  #described({ id, check, shape, seeds, smallest }: Group): Exploration['groups'][number] {
    const { seed, faults, of, state, detail, search } = smallest;
    const plan = join('findings', `${id}.json`);
    const file = join(this.folder, plan);
    const from = join(this.folder, search, smallestPlan);
    if (existsSync(from)) copyFileSync(from, file);
    const replay = replayCommand({ ...loadPlan(file), file }, this.#exploration.on);
    return {
      ...{ id, check, shape: [...shape], seeds: [...seeds] },
      smallest: { seed, faults: faults!, of, state, detail, plan, replay },
    };
  }
}
