/** One sweep from several that are parts of it: shards, or sweeps that were begun twice. */
import { join } from 'node:path';
import { badInput, interrupted } from '../base/errors.js';
import { commandLine } from '../base/shell.js';
import { gridOf } from '../experiment/plan.js';
import { type FinishedSweep, finish, pointKey } from './finish.js';
import {
  createSweepFolder,
  describe,
  differenceOf,
  ledgerName,
  readDescription,
  type SweepDescription,
  type SweepFailure,
} from './folder.js';
import type { Grid, GridPoint } from './grid.js';
import { Ledger, readLedger } from './ledger.js';

export interface MergeOptions {
  /** Folder for results. */
  readonly out: string;
  /** Of the new sweep's folder. */
  readonly id: string;
}

/**
 * Makes a new sweep's folder with all their runs; of a run that several have, the first folder's counts. Reads no
 * experiment and runs nothing. Tables are those of a sweep that was never divided, byte for byte.
 * @throws HarnessError `bad-input` before anything was written when they are not of one sweep; `interrupted`, with the
 * way to go on, when runs are missing in all of them
 */
export function merge(folders: readonly string[], { out, id }: MergeOptions): FinishedSweep<Pick<Grid, 'points'>> {
  const parts = folders.map((folder) => ({ folder, description: readDescription(folder, '--merge') }));
  const [first] = parts;
  if (!first) throw badInput('--merge: expected folders of sweeps, got none');
  for (const { folder, description } of parts) checkSame(first, folder, description);
  const read = parts.map(({ folder }) => readLedger(join(folder, ledgerName)));

  const replications = Math.max(...parts.map(({ description }) => description.replications));
  const grid = gridFrom(parts.map(({ description }) => description));
  const description: SweepDescription = {
    ...first.description,
    ...{ replications, shard: null, state: 'running', failures: [] },
  };
  const folder = createSweepFolder(out, id, description);
  const ledger = new Ledger(join(folder, ledgerName));
  for (const record of read.flat()) ledger.append(record);
  ledger.close();

  const records = ledger.records();
  const failures = failuresOf(parts, grid.points, ledger);
  const expected = grid.points.filter(({ refusal }) => refusal === null).length * replications;
  const given = records.length + failures.filter(({ replication }) => replication !== null).length;
  if (given >= expected) return finish(folder, description, grid, { records, failures });
  describe(folder, { ...description, state: 'interrupted' });
  const again = commandLine(['rsplab', 'sweep', description.file, '--resume', folder]);
  throw interrupted(`The folders have ${given} of ${expected} runs${absent(parts)}; go on with: ${again}`);
}

interface Part {
  readonly folder: string;
  readonly description: SweepDescription;
}

function checkSame(first: Part, folder: string, description: SweepDescription): void {
  // In a merged sweep there are as many replications as there are in any of them.
  const { replications } = first.description;
  const difference = differenceOf(first.description, { ...description, replications });
  if (!difference) return;
  const { what, had, has } = difference;
  throw badInput(`--merge: expected the same ${what} as in ${first.folder} (${had}), got ${has} in ${folder}`);
}

/** The points follow from what is varied; which of them could not be planned, each folder says. */
function gridFrom(descriptions: readonly SweepDescription[]): Pick<Grid, 'points'> {
  const refusals = new Map(
    descriptions
      .flatMap(({ failures }) => failures)
      .filter(({ replication }) => replication === null)
      .map(({ point, reason }) => [pointKey(point), reason]),
  );
  const points = gridOf(descriptions[0]!).map((point, index) => ({
    ...{ index, point },
    refusal: refusals.get(pointKey(point)) ?? null,
  }));
  return { points };
}

/** Each point and run once, unless somebody else has finished it. */
function failuresOf(parts: readonly Part[], points: readonly GridPoint[], ledger: Ledger): SweepFailure[] {
  const indexOf = new Map(points.map(({ point, index }) => [pointKey(point), index]));
  const found = new Map<string, SweepFailure>();
  for (const failure of parts.flatMap(({ description }) => description.failures)) {
    const { point, replication } = failure;
    const key = JSON.stringify([point, replication]);
    const isDone = replication !== null && ledger.has(indexOf.get(pointKey(point))!, replication);
    if (!isDone && !found.has(key)) found.set(key, failure);
  }
  return [...found.values()];
}

/** Which shards are not among the folders, as far as that can be told. */
function absent(parts: readonly Part[]): string {
  const shards = parts.flatMap(({ description }) => description.shard ?? []);
  const of = shards[0]?.of;
  if (of === undefined || shards.length < parts.length || shards.some((each) => each.of !== of)) return '';
  const there = new Set(shards.map(({ number }) => number));
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((number) => !there.has(number));
  if (missing.length === 0) return '';
  const named = missing.slice(0, 5).join(', ');
  return `, since shard ${named}${missing.length > 5 ? ', …' : ''} of ${of} is not among them`;
}
