import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { badInput } from '../../harness/base/errors.js';
import type { LoadedExperiment } from '../../harness/experiment/load.js';
import { loadPlan } from '../../harness/experiment/load-plan.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { type ExploreOptions, explore } from '../../harness/explore/explore.js';
import { type Exploration, readExploration } from '../../harness/explore/folder.js';
import { run } from '../../harness/run/run.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import type { Subject } from '../../harness/run/subject.js';
import { readSearch } from '../../harness/shrink/folder.js';
import { writeReports } from '../../reports/write.js';
import { VirtualClock } from '../virtual-clock.js';
import shaken from './shaken.js';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const loaded = {
  ...{ file: 'test/explore/shaken.ts', experiment: shaken, question: 'Does it hold?', expectation: null },
} as unknown as LoadedExperiment;
const never = new AbortController().signal;
const clock = new VirtualClock();

const exploring = (options: Partial<ExploreOptions> = {}) =>
  explore(loaded, {
    subject: simSubject,
    planFor: (seed) => resolvePlan(shaken, { seed, file: loaded.file }),
    ...{ firstSeed: 1, seeds: 6, forSeconds: null, jobs: 1, maxRuns: 60, out, resume: null, clock, signal: never },
    ...options,
  });

/** One that was left in peace, for those who only look at it. */
let quiet: Awaited<ReturnType<typeof explore>>;
let quietOut: string;
beforeAll(async () => {
  quietOut = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  quiet = await exploring({ out: quietOut });
});
afterAll(() => rmSync(quietOut, { recursive: true, force: true }));

/** Ends, as a kill would, before the run of that number. */
const killedAt = (number: number): Subject => {
  let runs = 0;
  const perform: Subject['perform'] = (plan, context) => {
    if (++runs === number) throw new Error('killed');
    return simSubject.perform(plan, context);
  };
  return { ...simSubject, perform };
};

/** What does not depend on how often it was interrupted. */
const resultOf = ({ groups, tried, unknown, unfinished }: Exploration) => ({
  ...{ tried, unknown, unfinished },
  groups: groups.map(({ smallest: { replay: _, ...smallest }, ...group }) => ({ ...group, smallest })),
});

const linesOf = (folder: string) => readFileSync(join(folder, 'ledger.ndjson'), 'utf8').split('\n').slice(0, -1);

describe('an exploration', { timeout: 180_000 }, () => {
  it('shrinks what fails, and keeps a plan of each kind that fails exactly so again', async () => {
    const { folder, exploration } = quiet;
    expect(readExploration(folder)).toEqual(exploration);
    const { tried, groups, state, unfinished } = exploration;
    expect(state).toBe('complete');
    expect(unfinished).toEqual([]);
    expect(tried.seeds).toBe(6);
    expect(tried.failed).toBeGreaterThan(2);
    expect(tried.passed + tried.failed + tried.unknown).toBe(6);
    expect(groups).toHaveLength(1);
    const [{ check, shape, seeds, smallest }] = groups as [Exploration['groups'][number]];
    expect([check, shape, seeds.length]).toEqual(['failoverDelay', ['powerOff on poolElement'], tried.failed]);
    expect(smallest).toMatchObject({ faults: 1, state: 'minimal' });
    const file = join(folder, smallest.plan);
    expect(smallest.replay).toBe(`rsplab run ${file} --on sim --seed ${smallest.seed}`);
    const { summary } = await run(loadPlan(file), simSubject, { out, clock, signal: never });
    expect(summary.checks.find(({ name }) => name === check)).toEqual({
      ...{ name: check, verdict: 'fail', detail: smallest.detail },
    });
    // What passed can be run again; only what failed is kept.
    expect(readdirSync(join(folder, 'runs', 'shaken'))).toHaveLength(tried.failed + tried.unknown);
  });

  it('tries sets like those that failed elsewhere first, and runs nothing twice', () => {
    const { folder } = quiet;
    const searches = join(folder, 'searches', 'shaken');
    const numbers = readdirSync(searches)
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((name) => readSearch(join(searches, name)));
    expect(numbers.length).toBeGreaterThan(2);
    for (const { schedule, trials } of numbers.slice(1)) {
      // All, none, and then the power-offs alone.
      const powerOffs = schedule.flatMap(({ fault }, at) => (fault.kind === 'powerOff' ? [at] : []));
      expect(trials[2]!.faults).toEqual(powerOffs);
    }
  });

  it.each([2, 9])('killed before run %i and resumed, comes to the same as one left in peace', async (number) => {
    await expect(exploring({ subject: killedAt(number) })).rejects.toThrow('killed');
    const folder = join(out, 'shaken', readdirSync(join(out, 'shaken'))[0]!);
    const before = linesOf(folder);
    expect(readExploration(folder).state).toBe('running');
    const resumed = await exploring({ resume: folder });
    expect(linesOf(folder).slice(0, before.length)).toEqual(before);
    expect(resultOf(resumed.exploration)).toEqual(resultOf(quiet.exploration));
  });

  it('finds the same failures with several runs at a time, though another cause may be left over', async () => {
    const one = quiet;
    const three = await exploring({ jobs: 3, out: join(out, 'three') });
    const failures = ({ exploration }: typeof one) =>
      exploration.groups.flatMap(({ check, seeds }) => seeds.map((seed) => `${seed} ${check}`)).sort();
    expect(failures(three)).toEqual(failures(one));
    expect(three.exploration.tried).toEqual(one.exploration.tried);
    expect(three.exploration.unfinished).toEqual([]);
  });

  it('goes on with more seeds', async () => {
    const { folder } = await exploring({ seeds: 2 });
    const { exploration } = await exploring({ seeds: 6, resume: folder });
    expect(resultOf(exploration)).toEqual(resultOf(quiet.exploration));
  });

  it('asked to end, ends in good order: what was under way counts as not tried', async () => {
    const controller = new AbortController();
    let runs = 0;
    const perform: Subject['perform'] = (plan, context) => {
      if (++runs === 4) controller.abort();
      return simSubject.perform(plan, context);
    };
    const { folder, exploration } = await exploring({ subject: { ...simSubject, perform }, signal: controller.signal });
    expect(exploration.state).toBe('interrupted');
    expect(runs).toBe(4);
    expect(exploration.tried.seeds).toBeLessThan(4);
    const resumed = await exploring({ resume: folder });
    expect(resumed.exploration).toMatchObject({ state: 'complete', unfinished: [], tried: { seeds: 6 } });
  });

  it('ends when its time is over, and says what is not shrunk yet', async () => {
    const moving = new VirtualClock();
    const perform: Subject['perform'] = async (plan, context) => {
      await moving.sleepUntil(moving.now() + 10);
      return simSubject.perform(plan, context);
    };
    const hurried = await exploring({
      ...{ subject: { ...simSubject, perform }, clock: moving },
      seeds: null,
      forSeconds: 15,
    });
    const { state, spentSeconds, tried, unfinished } = hurried.exploration;
    expect([state, spentSeconds]).toEqual(['complete', 20]);
    expect(tried.seeds).toBeGreaterThan(0);
    expect(unfinished.length + tried.passed + tried.unknown).toBeGreaterThan(0);
  });

  it('counts and names what is unknown, and takes it for no finding', async () => {
    const perform: Subject['perform'] = async (plan, context) => {
      const outcome = await simSubject.perform(plan, context);
      return plan.seed % 2 ? outcome : { ...outcome, reasons: ['the lab broke'] };
    };
    const check: Subject['check'] = ({ seed }) => {
      if (seed === 3) throw badInput('no such fault here');
    };
    const { exploration } = await exploring({ subject: { ...simSubject, perform, check }, seeds: 5 });
    const broken = exploration.unknown.filter(({ reasons }) => reasons[0] === 'the lab broke');
    expect(broken.map(({ seed }) => seed)).toEqual([2, 4]);
    expect(exploration.unknown).toContainEqual({ seed: 3, reasons: ['no such fault here'] });
    expect(exploration.groups.flatMap(({ seeds }) => seeds).filter((seed) => [2, 3, 4].includes(seed))).toEqual([]);
  });

  it('refuses what cannot be explored, before anything begins', async () => {
    const calm = resolvePlan({ ...shaken, faults: [] } as never);
    await expect(exploring({ planFor: () => calm })).rejects.toThrow('shaken.faults: expected some');
    const unchecked = resolvePlan({ ...shaken, checks: [] } as never);
    await expect(exploring({ planFor: () => unchecked })).rejects.toThrow('shaken.checks: expected some');
    const inRealTime = { ...simSubject, name: 'uml', clock: 'real' } as const;
    await expect(exploring({ subject: inRealTime, jobs: 2 })).rejects.toThrow('--jobs: expected 1 on uml');
    expect(existsSync(join(out, 'shaken'))).toBe(false);
  });

  it('goes on with the same plans and the same machine only', async () => {
    const machine = (fingerprint: string): Subject => ({ ...simSubject, fingerprint: () => fingerprint });
    const { folder } = await exploring({ seeds: 1, subject: machine('aaaa') });
    await expect(exploring({ resume: folder, subject: machine('bbbb') })).rejects.toThrow(
      `--resume: expected the same fingerprint as in ${folder} (aaaa), got bbbb`,
    );
    const other = {
      subject: machine('aaaa'),
      planFor: (seed: number) => resolvePlan(shaken, { seed, point: { gap: 40 } }),
    };
    await expect(exploring({ resume: folder, ...other })).rejects.toThrow('--resume: expected the same planSha256');
  });
});

describe('its report', { timeout: 180_000 }, () => {
  it('says what was tried, what was found and how often, with the command', () => {
    const { folder, exploration } = quiet;
    const page = readFileSync(writeReports(folder), 'utf8');
    const [{ smallest, seeds }] = exploration.groups as [Exploration['groups'][number]];
    expect(page).toContain(`<b>${exploration.tried.failed}</b> failed`);
    expect(page).toContain('powerOff on poolElement');
    expect(page).toContain(`found under ${seeds.length} seeds: ${seeds.join(', ')}`);
    expect(page).toContain(smallest.replay);
    expect(page).toContain(`rsplab explore ${loaded.file} --on sim --seed 1 --seeds 6`);
    const index = readFileSync(writeReports(quietOut), 'utf8');
    expect(index).toContain('<b>1</b> explorations');
    expect(index).toContain(`6 seeds, complete: ${exploration.tried.failed} failed in 1 ways`);
  });
});
