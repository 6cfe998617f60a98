/** Real processes die here, and what their sessions left is removed; a cache of its own keeps other sessions out. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { newSession } from '../../harness/base/session.js';
import { waitFor } from '../../harness/base/wait.js';
import { allLeases, dropLease, identityOf, isAlive, isListed, readLease, writeLease } from '../../harness/lab/lease.js';
import { reapDead } from '../../harness/lab/reaper.js';

let top: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'reaper-test-'));
  vi.stubEnv('RSPLAB_CACHE', join(top, 'cache'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  vi.unstubAllEnvs();
  rmSync(top, { recursive: true });
});

function start(command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A session with a temporary folder, as a lab kernel has one. */
function session(owner: ChildProcess, kernel: ChildProcess | null = null) {
  const name = newSession();
  const folder = join(tmpdir(), `rsplab-${name}-x`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'job.json'), '{}');
  writeLease({
    session: name,
    lab: 'uml',
    owner: identityOf(owner.pid!)!,
    kernel: kernel && identityOf(kernel.pid!)!,
  });
  return { name, folder };
}

describe('the reaper', () => {
  it('removes what a dead owner left, and its lease', async () => {
    const owner = start('sleep', '60');
    const { name, folder } = session(owner);
    await end(owner);
    expect(await reapDead()).toEqual([{ session: name, removed: [folder] }]);
    expect(existsSync(folder)).toBe(false);
    expect(allLeases()).toEqual([]);
    expect(await reapDead()).toEqual([]);
  });

  it('leaves a living owner’s things alone', async () => {
    const { name, folder } = session(start('sleep', '60'));
    expect(await reapDead()).toEqual([]);
    expect(existsSync(join(folder, 'job.json'))).toBe(true);
    expect(readLease(name)).toBeDefined();
    rmSync(folder, { recursive: true });
  });

  it('ends the lab kernel of a dead owner, with its whole group', async () => {
    const owner = start('sleep', '60');
    const kernel = start('sh', '-c', 'sleep 60 & echo $!; wait');
    const [output] = await once(kernel.stdout!, 'data');
    const helper = identityOf(Number(output))!;
    const { name, folder } = session(owner, kernel);
    await end(owner);
    const gone = once(kernel, 'exit');
    expect(await reapDead()).toEqual([{ session: name, removed: [`lab kernel ${kernel.pid}`, folder] }]);
    await gone;
    await waitFor('the helper to end', () => (isAlive(helper) ? undefined : true), {
      clock: realClock,
      withinSeconds: 5,
    });
  });
});

describe('a lease', () => {
  it('is whole or not there, and gone when dropped', () => {
    const identity = identityOf(process.pid)!;
    const lease = { session: 'abc123', lab: 'netns', owner: identity, kernel: null };
    expect(allLeases()).toEqual([]);
    writeLease(lease);
    expect(readLease('abc123')).toEqual(lease);
    expect(existsSync(join(top, 'cache/sessions/abc123.json.part'))).toBe(false);
    writeFileSync(join(top, 'cache/sessions/broken.json'), '{"session":');
    expect(allLeases()).toEqual([lease]);
    dropLease('abc123');
    dropLease('abc123');
    expect(readLease('abc123')).toBeUndefined();
  });

  it('is not taken for a later process of the same number', () => {
    const identity = identityOf(process.pid)!;
    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ ...identity, startedAt: identity.startedAt - 1 })).toBe(false);
  });

  it('is not held by the dead that nobody buried', async () => {
    // Its first child ends; then it becomes a sleep, which takes no notice.
    const parent = start('sh', '-c', 'sleep 0.05 & echo $!; exec sleep 60');
    const [output] = await once(parent.stdout!, 'data');
    const child = identityOf(Number(output))!;
    await waitFor('a zombie', () => (isAlive(child) ? undefined : true), { clock: realClock, withinSeconds: 5 });
    expect(isListed(child)).toBe(true);
  });
});
