/** Path failovers of a run as columns: what the sessions of its users did when a network was cut. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { hostsWith, type Plan } from '../experiment/plan.js';
import type { Values } from './columns.js';

/** @param folder the run's, which has a `paths.csv` where a network was cut */
export function valuesOfPaths(plan: Plan, folder: string): Values {
  const file = join(folder, 'paths.csv');
  if (!existsSync(file)) return {};
  const rows = parse(readFileSync(file, 'utf8'), { columns: true }) as Record<string, string>[];
  const names = (role: 'poolUser' | 'poolElement') => new Set(hostsWith(plan, role).map(({ name }) => name));
  const [users, elements] = [names('poolUser'), names('poolElement')];
  const ofSessions = rows.filter(({ from, to }) =>
    users.has(from!) ? elements.has(to!) : users.has(to!) && elements.has(from!),
  );
  const moves = ofSessions
    .filter(({ from, triedAt, movedAt }) => users.has(from!) && triedAt && movedAt)
    .map(({ triedAt, movedAt }) => Number(movedAt) - Number(triedAt));
  const sessions = (those: typeof rows) =>
    new Set(those.map(({ faultId, association }) => `${faultId} ${association}`)).size;
  return {
    path_failover_s: moves.length === 0 ? null : moves.reduce((sum, move) => sum + move, 0) / moves.length,
    path_failovers: moves.length,
    sessions_on_cut_path: sessions(ofSessions),
    sessions_given_up: sessions(
      ofSessions.filter(({ endedAt, healedAt }) => endedAt && !(Number(endedAt) > Number(healedAt || Infinity))),
    ),
  };
}
