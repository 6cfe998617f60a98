import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { meanCapacity, type Plan } from '../experiment/plan.js';
import { readVector } from '../measure/vectors.js';

/** Requests completed by now, and how fast: completed calculations over handling times (paper, section 3). */
export interface SpeedSoFar {
  readonly completed: number;
  /** Null before the first completion. */
  readonly percentOfCapacity: number | null;
}

/** Reads what pool users have written so far of a run that goes on. */
export async function speedSoFar(plan: Plan, folder: string): Promise<SpeedSoFar> {
  const logs = join(folder, 'logs');
  const users = new Set(plan.hosts.filter(({ role }) => role.kind === 'poolUser').map(({ name }) => `${name}.vec`));
  const files = readdirSync(logs).filter((name) => users.has(name));
  // A vector that has no header yet is no vector yet.
  const vectors = await Promise.allSettled(files.map((name) => readVector(join(logs, name))));
  const rows = vectors.flatMap((vector) => (vector.status === 'fulfilled' ? vector.value.rows : []));
  const [size, time] = rows.reduce(([a, b], row) => [a + row.size, b + row.completedAt - row.queuedAt], [0, 0]);
  return { completed: rows.length, percentOfCapacity: time === 0 ? null : (100 * size) / time / meanCapacity(plan) };
}
