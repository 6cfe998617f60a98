import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadPlan } from '../../harness/experiment/load-plan.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import {
  at,
  chaos,
  experiment,
  exponential,
  failoverDelay,
  freeze,
  named,
  noRequestLost,
  poolElement,
  poolUser,
  powerOff,
  registrar,
  s,
} from '../../harness/index.js';
import type { Verdict } from '../../harness/result/summary.js';
import { run } from '../../harness/run/run.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import { readSearch, type Search } from '../../harness/shrink/folder.js';
import { beginSearch, type RunOnce, shrink } from '../../harness/shrink/shrink.js';
import { dualHomed } from '../../topologies/dual-homed.js';
import { temporaryFolder } from '../temporary.js';
import { VirtualClock } from '../virtual-clock.js';

let out: string;
beforeEach(() => {
  out = temporaryFolder();
});

const signal = new AbortController().signal;
const clock = new VirtualClock();

const shaken = (faults: Parameters<typeof experiment<'registrars' | 'elements' | 'users'>>[0]['faults'], limit = 0.1) =>
  experiment({
    name: 'shaken',
    topology: dualHomed({ elements: 3, users: 3 }),
    deploy: () => ({
      registrars: registrar(),
      elements: poolElement({ cookieInterval: 1e6 }),
      users: poolUser({ requestSize: exponential(4e6), requestInterval: exponential(s(6)) }),
    }),
    phases: { warmUp: s(5), measure: s(60), drain: s(10) },
    ...(faults && { faults }),
    checks: [noRequestLost(), failoverDelay({ maxBelow: s(limit) })],
  });

/** A run on the simulator whose failover delays are all too long. */
const failedRun = async () => {
  const faults = [1, 8, 15, 22, 29, 36, 43, 50].map((time, n) =>
    at(s(time), (n % 2 ? powerOff : freeze)(named(`pe${1 + (n % 3)}`)), { lasting: s(3) }),
  );
  return run(resolvePlan(shaken(faults)), simSubject, { out, clock, signal });
};

const began = async (options: { repeat?: number; maxRuns?: number; check?: string } = {}) => {
  const { folder } = await failedRun();
  const { repeat = 1, maxRuns = 100, check } = options;
  return beginSearch(folder, { check, on: 'fake', repeat, maxRuns, out, id: 'search' });
};

/** Says what a function of the faults' times says, without running anything; null is said by a lab that broke. */
const fake = (verdictOf: (times: number[], run: number) => Verdict | null) => {
  const asked: number[][] = [];
  const runOnce: RunOnce = async ({ faults }, to) => {
    const times = faults.map((each) => (each.when === 'at' ? each.time : -1));
    asked.push(times);
    const said = verdictOf(times, asked.length);
    const checks = [{ name: 'failoverDelay', verdict: said ?? 'unknown', detail: 'as told' }] as const;
    return { folder: join(to, `run${asked.length}`), checks, broken: said === null };
  };
  return { asked, runOnce };
};
const fails = (yes: boolean): Verdict => (yes ? 'fail' : 'pass');
const timesOf = ({ schedule, smallest }: Search) => smallest?.map((at) => (schedule[at] as { time: number }).time);

describe('a search', () => {
  it('finds the faults that fail the check, and leaves a plan that can be run', async () => {
    const folder = await began();
    const { runOnce } = fake((times) => fails(times.includes(15) && times.includes(43)));
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal });
    expect(timesOf(found)).toEqual([15, 43]);
    expect(found).toMatchObject({ state: 'minimal', check: 'failoverDelay' });
    const file = /^rsplab run (\S+\.json) --on uml --seed 1$/.exec(found.replay!)?.[1];
    expect(loadPlan(file!).faults).toEqual(found.smallest!.map((at) => found.schedule[at]));
    expect(readSearch(folder)).toEqual(found);
  });

  it('repeats what does not fail at once: one failing run of several is enough', async () => {
    const folder = await began({ repeat: 3 });
    // Fails every third time only, and passes or says nothing otherwise.
    const { runOnce, asked } = fake((times, n) => {
      const again = asked.filter((each) => each.join() === times.join()).length;
      return times.includes(29) && again === 3 ? 'fail' : n % 2 ? 'unknown' : 'pass';
    });
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal });
    expect(timesOf(found)).toEqual([29]);
    for (const { runs, fails } of found.trials) {
      expect(runs.length).toBe(3);
      expect(fails).toBe(runs.some(({ verdict }) => verdict === 'fail'));
    }
  });

  it('tries again where the lab broke', async () => {
    const folder = await began();
    const { runOnce } = fake((times, n) => (n % 2 ? null : fails(times.includes(15) && times.includes(43))));
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal });
    expect(timesOf(found)).toEqual([15, 43]);
    expect(found.state).toBe('minimal');
  });

  it('claims nothing where the lab always broke', async () => {
    const folder = await began();
    // Fails with one fault alone, but whatever has fewer than three cannot be seen.
    const { runOnce } = fake((times) => (times.length < 3 ? null : fails(times.includes(15))));
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal });
    expect(timesOf(found)).toHaveLength(3);
    expect(found.state).toBe('undecided');
    for (const { faults, runs, fails: failed } of found.trials.filter((trial) => trial.faults.length < 3)) {
      expect([faults.length, runs.length, failed]).toEqual([faults.length, 3, null]);
    }
    const never = await began();
    const unseen = await shrink(never, readSearch(never), { on: 'uml', runOnce: fake(() => null).runOnce, signal });
    expect(unseen).toMatchObject({ state: 'undecided', smallest: null });
  });

  it('says so when the whole schedule does not fail again', async () => {
    const folder = await began({ repeat: 2 });
    const { runOnce, asked } = fake(() => 'pass');
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal });
    expect(found).toMatchObject({ state: 'not reproduced', smallest: null, replay: null });
    expect(asked).toHaveLength(2);
  });

  it('finds that no fault is needed', async () => {
    const folder = await began();
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce: fake(() => 'fail').runOnce, signal });
    expect(found).toMatchObject({ state: 'minimal', smallest: [] });
  });

  it('ends with its runs, and keeps the smallest set so far', async () => {
    const folder = await began({ maxRuns: 4 });
    const { runOnce, asked } = fake((times) => fails(times.includes(8) && times.includes(43)));
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal });
    expect(asked).toHaveLength(4);
    expect(found).toMatchObject({ state: 'exhausted' });
    expect(timesOf(found)).toHaveLength(8);
  });

  it('goes on where it was killed, and tries nothing again', async () => {
    const folder = await began();
    const verdictOf = (times: number[]) => fails(times.includes(15) && times.includes(43));
    const first = fake((times, n) => {
      if (n === 5) throw new Error('killed');
      return verdictOf(times);
    });
    await expect(shrink(folder, readSearch(folder), { on: 'uml', runOnce: first.runOnce, signal })).rejects.toThrow(
      'killed',
    );
    const second = fake(verdictOf);
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce: second.runOnce, signal });
    expect(timesOf(found)).toEqual([15, 43]);
    const tried = [...first.asked.slice(0, 4), ...second.asked].map((times) => times.join());
    expect(new Set(tried).size).toBe(tried.length);
  });
});

describe('where every run of a plan comes to the same', () => {
  /** As a machine in virtual time would have left it. */
  const machineRun = async (fingerprint: string) => {
    const { folder } = await failedRun();
    const file = join(folder, 'summary.json');
    const machine = { fingerprint, parts: {}, wallSeconds: 1, speed: null };
    const summary = { ...JSON.parse(readFileSync(file, 'utf8')), on: 'virtual', clock: 'virtual', machine };
    writeFileSync(file, JSON.stringify(summary));
    return folder;
  };
  const options = { check: undefined, on: 'virtual', repeat: 1, maxRuns: 100, fingerprint: 'aaaa' };

  it('the failed run is the first one of the search', async () => {
    const folder = beginSearch(await machineRun('aaaa'), { ...options, out, id: 'search' });
    const began = readSearch(folder);
    expect(began.smallest).toHaveLength(8);
    expect(loadPlan(/ run (\S+) --on virtual/.exec(began.replay!)![1]!).faults).toHaveLength(8);
    const { runOnce, asked } = fake((times) => fails(times.includes(15) && times.includes(43)));
    const found = await shrink(folder, began, { on: 'virtual', runOnce, signal });
    expect(timesOf(found)).toEqual([15, 43]);
    expect(asked.map((times) => times.length)).not.toContain(8);
    expect(new Set(asked.map((times) => times.join())).size).toBe(asked.length);
  });

  it('unless another version made it', async () => {
    const folder = beginSearch(await machineRun('bbbb'), { ...options, out, id: 'search' });
    expect(readSearch(folder)).toMatchObject({ trials: [], smallest: null });
  });
});

describe('suspects', () => {
  it('are tried first, and the search begins with those that fail', async () => {
    const folder = await began();
    const { runOnce, asked } = fake((times) => fails(times.includes(15) && times.includes(43)));
    const suspects = [[0], [1, 2, 6], [0, 1, 2, 3, 4, 5, 6, 7]];
    const found = await shrink(folder, readSearch(folder), { on: 'uml', runOnce, signal, suspects });
    expect(timesOf(found)).toEqual([15, 43]);
    expect(asked.slice(0, 4)).toEqual([[1, 8, 15, 22, 29, 36, 43, 50], [], [1], [8, 15, 43]]);
    expect(
      asked
        .slice(4)
        .flat()
        .every((time) => [8, 15, 43].includes(time)),
    ).toBe(true);
  });
});

describe('on the simulator', () => {
  it('a chaos schedule comes down to the fault that matters', async () => {
    const faults = (_: unknown, { seed, topology, over }: { seed: number; topology: never; over: never }) =>
      chaos(seed, {
        topology,
        over,
        mtbf: s(3),
        weights,
        limits: { down: { elements: 1 } as never, healWithin: s(6) },
      });
    const weights = { kill: 1, powerOff: 1, cutPath: 3, impair: 3 };
    // Only what must be found out by a timeout takes as long.
    const plan = resolvePlan(shaken(faults as never, 0.8), { seed: 3 });
    const original = await run(plan, simSubject, { out, clock, signal });
    expect(plan.faults.length).toBeGreaterThan(8);
    expect(original.summary.verdict).toBe('fail');
    const options = { check: 'failoverDelay', on: 'sim', repeat: 1, maxRuns: 200, out, id: 'search' };
    const folder = beginSearch(original.folder, options);
    const runOnce: RunOnce = async (candidate: Plan, to) => {
      const { folder: at, summary } = await run(candidate, simSubject, { out: to, clock, signal });
      return { folder: at, checks: summary.checks, broken: false };
    };
    const found = await shrink(folder, readSearch(folder), { on: 'sim', runOnce, signal });
    expect(found.state).toBe('minimal');
    expect(found.smallest!.length).toBeLessThan(4);
    // Run as a person would run it, it fails the same check.
    const file = / run (\S+\.json) /.exec(found.replay!)![1]!;
    const again = await run(loadPlan(file), simSubject, { out, clock, signal });
    expect(again.summary.checks.find(({ name }) => name === 'failoverDelay')!.verdict).toBe('fail');
    const kept = found.trials.flatMap(({ runs }) => runs);
    for (const { folder: at } of kept) readFileSync(join(folder, at, 'summary.json'));
  });
});

describe('refusals', () => {
  it('name what is missing', async () => {
    const { folder } = await failedRun();
    const asking = (check?: string) => () =>
      beginSearch(folder, { check, on: 'sim', repeat: 1, maxRuns: 9, out, id: 'search' });
    expect(asking('noRequestLost')).toThrow(
      "--check: expected one of the failed checks failoverDelay, got 'noRequestLost'",
    );
    const calm = await run(resolvePlan(shaken([])), simSubject, { out, clock, signal });
    expect(() =>
      beginSearch(calm.folder, { check: undefined, on: 'sim', repeat: 1, maxRuns: 9, out, id: 'x' }),
    ).toThrow('expected a run of which a check failed, got none');
    expect(() => readSearch(folder)).toThrow('which has no shrink.json');
  });
});
