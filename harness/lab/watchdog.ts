/**
 * A small process beside every run on a lab. It holds the other end of a pipe; when the pipe closes without a farewell,
 * the run was killed, and what it left is reaped. Run as a program: `node watchdog.js SESSION`.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readLease } from './lease.js';
import { reap } from './reaper.js';

const farewell = 'done';
/** Time for a lab kernel that noticed by itself to go off in good order. */
const graceMs = 2500;

/** Starts watching over this process. @returns how to end the watch when everything was removed in good order */
export function startWatchdog(session: string): () => void {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), session], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not in our group, or what kills us would kill it too.
    detached: true,
  });
  child.unref();
  // It may be gone already at a late farewell.
  child.stdin.on('error', () => {});
  return () => child.stdin.end(`${farewell}\n`);
}

async function watch(session: string): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) if (line === farewell) return;
  if (readLease(session)?.lab === 'uml') await sleep(graceMs);
  const lease = readLease(session);
  if (lease) await reap(lease);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await watch(process.argv[2]!);
