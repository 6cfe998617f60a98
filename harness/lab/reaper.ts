/** Removes what a dead session left on this machine: by the session's label, never by guessing from names. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../base/temporary.js';
import { toolEnvironment } from '../base/tools.js';
import { removeFromEngine } from './docker/engine.js';
import { removeStages } from './docker/stages.js';
import { allLeases, dropLease, isAlive, isListed, type Lease } from './lease.js';
import { removeNamespaces } from './netns/netns-lab.js';
import { killGroup } from './process.js';

/** @returns what was removed, for people; empty when nothing was left */
export async function reap({ session, lab, kernel }: Lease): Promise<string[]> {
  const removed: string[] = [];
  // Dead or not: others of its group may live.
  if (kernel && isListed(kernel)) {
    killGroup(kernel.pid);
    removed.push(`lab kernel ${kernel.pid}`);
  }
  if (lab === 'docker') {
    removed.push(...(await removeFromEngine(session)), ...(await removeStages(session, toolEnvironment())));
  }
  if (lab === 'netns') removed.push(...(await removeNamespaces(session)));
  const temporary = temporaryFolder();
  for (const name of readdirSync(temporary)) {
    if (!name.startsWith(`rsplab-${session}-`)) continue;
    rmSync(join(temporary, name), { recursive: true, force: true });
    removed.push(join(temporary, name));
  }
  dropLease(session);
  return removed;
}

/** Reaps every session whose owner is gone. */
export async function reapDead(): Promise<{ session: string; removed: string[] }[]> {
  const reaped: { session: string; removed: string[] }[] = [];
  for (const lease of allLeases()) {
    if (!isAlive(lease.owner)) reaped.push({ session: lease.session, removed: await reap(lease) });
  }
  return reaped;
}
