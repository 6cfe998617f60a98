/** The table of `rsplab findings state-sharing`: made or read, then drawn. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  readStateTable,
  type StateRun,
  statePage,
  statePoints,
  stateRun,
  stateTable,
} from '../../reports/findings/state-sharing.js';
import { writeWhole } from '../base/write-whole.js';
import { replicationSeed } from '../sweep/seed.js';

export interface StateSharingOptions {
  readonly replications: number;
  readonly seed: number;
  /** Draw the table that is there. */
  readonly draw: boolean;
  readonly out: string;
  readonly signal: AbortSignal;
}

/**
 * @returns the page, as Markdown, which is then in the folder as the table is; nothing where no table is there to draw
 * @throws HarnessError `interrupted`
 */
export async function stateSharing(options: StateSharingOptions): Promise<string> {
  const file = join(options.out, 'state-sharing-runs.csv');
  if (options.draw && !existsSync(file)) return '';
  const runs = options.draw ? readStateTable(readFileSync(file, 'utf8')) : await runAll(options);
  mkdirSync(options.out, { recursive: true });
  if (!options.draw) writeWhole(file, stateTable(runs));
  const page = statePage(runs);
  writeWhole(join(options.out, 'state-sharing.md'), page);
  return page;
}

async function runAll({ replications, seed, signal }: StateSharingOptions): Promise<StateRun[]> {
  const runs: StateRun[] = [];
  for (const point of statePoints) {
    for (let replication = 1; replication <= replications; replication++) {
      runs.push(stateRun(point, replication, replicationSeed(seed, replication)));
      // Signals are heard between runs.
      await setImmediate();
      signal.throwIfAborted();
    }
    process.stderr.write(`state-sharing: ${runs.length} of ${statePoints.length * replications} runs\n`);
  }
  return runs;
}
