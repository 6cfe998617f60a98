import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { newSession } from '../../harness/base/session.js';
import { CpuLimit, removeGroups, whyNoCpuLimit } from '../../harness/lab/cpu-limit.js';
import { needOf } from '../../harness/lab/fault-probe.js';

const session = newSession();
const why = whyNoCpuLimit(session);
const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  if (!why) removeGroups(session);
});
const start = (): number => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  return child.pid!;
};
const groupsOf = (pid: number | 'self'): string => readFileSync(`/proc/${pid}/cgroup`, 'utf8');

describe('the CPU of a host', () => {
  it.skipIf(why)('is limited for the processes it has and those it gets, and given back', () => {
    const pids = [start(), start()];
    const limit = new CpuLimit(session, 'pe1', () => pids.slice(0, 1));
    expect(limit.set(0.2)).toMatch(/^1 processes of pe1 share 0\.2 of a CPU \(cgroup version [12]\)$/);
    expect(groupsOf(pids[0]!)).toContain(`rsplab-${session}-pe1`);
    expect(groupsOf(pids[1]!)).not.toContain('rsplab-');
    limit.adopt(pids[1]!);
    expect(groupsOf(pids[1]!)).toContain(`rsplab-${session}-pe1`);
    expect(limit.set(null)).toMatch(/^its processes were made to wait \d+ times$/);
    for (const pid of pids) expect(groupsOf(pid)).toBe(groupsOf('self'));
    expect(removeGroups(session)).toEqual([]);
  });

  it.skipIf(why)('of a dead session is found by its label', () => {
    const pid = start();
    new CpuLimit(session, 'pe1', () => [pid]).set(0.5);
    expect(removeGroups('other1')).toEqual([]);
    expect(removeGroups(session)).toEqual([`rsplab-${session}-pe1`]);
    expect(groupsOf(pid)).not.toContain('rsplab-');
  });

  it('that cannot be limited is no reason to fail before it is asked for', () => {
    expect(new CpuLimit(session, 'pe1', () => []).set(null)).toBe('');
  });
});

it('faults need what their kind and direction say', () => {
  expect(needOf({ kind: 'isolate', direction: 'both' })).toBeNull();
  expect(needOf({ kind: 'isolate', direction: 'in' })).toBe('filters');
  expect(needOf({ kind: 'partition', direction: 'both' })).toBe('filters');
  expect(needOf({ kind: 'impair', direction: 'in' })).toBeNull();
  expect(needOf({ kind: 'impair', direction: 'both' })).toBe('stages');
  expect(needOf({ kind: 'cpuStarve', direction: 'both' })).toBe('shares of a CPU');
});
