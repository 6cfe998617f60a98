/** Whole gates on the simulator, and on subjects made of it that differ, break or are slow. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labBroken } from '../../harness/base/errors.js';
import type { LoadedExperiment } from '../../harness/experiment/load.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { accept } from '../../harness/gate/accept.js';
import { baselineFor, readBaseline } from '../../harness/gate/baseline.js';
import { createGateFolder, type GateRequest, readResult } from '../../harness/gate/folder.js';
import { type GateJob, gate } from '../../harness/gate/gate.js';
import { pointsOf } from '../../harness/gate/points.js';
import type { RunnerOptions } from '../../harness/gate/runner.js';
import { settingsFor } from '../../harness/gate/settings.js';
import { updateBaseline } from '../../harness/gate/update.js';
import type { GateOptions } from '../../harness/index.js';
import { buildFor, homeHere } from '../../harness/run/build.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import type { Subject } from '../../harness/run/subject.js';
import { small } from '../reports/experiments.js';
import { VirtualClock } from '../virtual-clock.js';
import { metricIn } from './cases.js';

let out: string;
let file: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'gate-test-'));
  file = join(out, 'baseline.json');
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const loaded = (settings: GateOptions = { replications: 5, budget: 10 }): LoadedExperiment => ({
  ...{ file: 'experiments/small.ts', question: 'Why?', expectation: null },
  experiment: { ...small, phases: { measure: 60, drain: 5 } as never, gate: settings } as never,
});

const never = new AbortController().signal;
let gates = 0;
const request: GateRequest = {
  ...{ files: [], config: null, on: 'sim', seed: 1, replications: null, budget: null, baseline: null, with: {} },
  ...{ against: null, commit: null, update: false, digest: '' },
};
const optionsIn = (folder: string, signal = never): RunnerOptions => ({
  folder,
  jobs: 2,
  clock: new VirtualClock(1.8e9),
  signal,
});
const newFolder = () => createGateFolder(out, `gate-${++gates}`, request);

/** The simulator after somebody changed it: `change` is done to every plan. */
const changed = (change: (plan: Plan) => Plan, more: Partial<Subject> = {}): Subject => ({
  ...simSubject,
  ...more,
  perform: (plan, context) => simSubject.perform(change(plan), context),
});
const slower = (milliseconds: number) => (plan: Plan) => {
  const networks = Object.entries(plan.topology.networks).map(([name, network]) => [
    name,
    { ...network, impairment: { ...network.impairment, delay: (network.impairment.delay ?? 0) + milliseconds / 1e3 } },
  ]);
  return { ...plan, topology: { ...plan.topology, networks: Object.fromEntries(networks) } };
};

async function update(subject: Subject = simSubject, settings?: GateOptions) {
  const experiment = loaded(settings);
  const points = await pointsOf(experiment, settingsFor(experiment.experiment, {}, {}), { seed: 1, subject });
  return updateBaseline(file, { subject, points, seed: 1, with: null, against: null }, optionsIn(newFolder()));
}

async function jobOn(
  subject: Subject,
  { seed = 1, settings }: { seed?: number; settings?: GateOptions } = {},
): Promise<GateJob> {
  const experiment = loaded(settings);
  const points = await pointsOf(experiment, settingsFor(experiment.experiment, {}, {}), { seed, subject });
  const content = readBaseline(file);
  return {
    ...{ subject, points, seed, with: null, against: null, commit: null, command: 'rsplab gate', notes: [] },
    baseline: { file, content, points: points.map((point) => baselineFor(file, content, point)) },
  };
}

describe('a gate', () => {
  it('passes an unchanged program by identity, after one run', async () => {
    await update();
    const result = await gate(await jobOn(simSubject), optionsIn(newFolder()));
    expect(result).toMatchObject({ verdict: 'pass', state: 'complete', points: [{ identical: true }] });
    expect(result.points[0]!.runs).toHaveLength(1);
  });

  it('passes an unchanged program over other seeds', async () => {
    await update(simSubject, { replications: 8, budget: 24 });
    const job = await jobOn(simSubject, { seed: 2, settings: { replications: 8, budget: 24 } });
    const result = await gate(job, optionsIn(newFolder()));
    expect(result.points[0]!.identical).toBe(false);
    expect(result.points[0]!.paired).toBe(false);
    expect(result.verdict).not.toBe('fail');
  });

  it('fails a slower one, names the stages, and keeps its runs', async () => {
    await update();
    const folder = newFolder();
    const result = await gate(await jobOn(changed(slower(15))), optionsIn(folder));
    expect(result.verdict).toBe('fail');
    const [point] = result.points;
    for (const metric of ['selection.mean', 'connection.mean'] as const) {
      expect(metricIn(point!, metric).words).toMatch(/^Worse/);
    }
    // Five to suspect, five to confirm; five more for what is suspected only by then.
    expect([10, 15]).toContain(point!.runs.length);
    expect(point!.runs.every(({ sample }) => existsSync(join(folder, sample!.folder, 'summary.json')))).toBe(true);
    expect(readResult(folder)).toEqual(result);
  });

  it('passes a faster one and says so', async () => {
    await update(changed(slower(15)));
    const result = await gate(await jobOn(simSubject), optionsIn(newFolder()));
    expect(metricIn(result.points[0]!, 'resumption.mean')).toMatchObject({ verdict: 'pass', improved: true });
  });

  it('cannot say when the lab breaks: on a deterministic one at once, on others after three attempts', async () => {
    await update();
    let tries = 0;
    const breaks = (clock: Subject['clock']): Subject => ({
      ...simSubject,
      clock,
      async perform(plan, context) {
        tries++;
        return { ...(await simSubject.perform(plan, context)), reasons: ['the capture has a hole'] };
      },
    });
    const result = await gate(await jobOn(breaks('simulated')), optionsIn(newFolder()));
    expect(result).toMatchObject({ verdict: 'unknown', points: [{ reasons: ['the capture has a hole'] }] });
    expect(tries).toBe(1);
    tries = 0;
    await gate(await jobOn(breaks('real')), optionsIn(newFolder()));
    // Each of the first five replications.
    expect(tries).toBe(15);
  });

  it('takes a run that throws for a broken lab, and goes on where only one broke', async () => {
    await update();
    let first = true;
    const once: Subject = {
      ...simSubject,
      clock: 'real',
      async perform(plan, context) {
        const breaks = first;
        first = false;
        if (breaks) throw labBroken('the kernel hangs');
        return simSubject.perform(plan, context);
      },
    };
    const result = await gate(await jobOn(once), optionsIn(newFolder()));
    expect(result.points[0]!.runs.filter(({ broken }) => broken === 'the kernel hangs')).toHaveLength(1);
    expect(result.points[0]!.reasons).toEqual([]);
  });

  it('says that a lab in virtual time does not repeat itself, rather than blame the program', async () => {
    const virtual = { ...simSubject, clock: 'virtual' as const };
    await update(virtual);
    const baseline = readBaseline(file);
    const { values } = baseline.points[0]!;
    values.handlingSpeed![0]! += 1;
    writeFileSync(file, JSON.stringify(baseline));
    const result = await gate(await jobOn(virtual), optionsIn(newFolder()));
    expect(result.verdict).toBe('unknown');
    expect(result.points[0]!.reasons[0]).toMatch(/the fingerprints are equal, but runs of seed \d+ are not/);
  });

  it('that judged nothing cannot say', async () => {
    await update();
    const baseline = readBaseline(file);
    Object.assign(baseline.points[0]!, { values: {}, checks: {}, fingerprint: null });
    writeFileSync(file, JSON.stringify(baseline));
    const job = await jobOn({
      ...simSubject,
      perform: async (plan, context) => ({
        ...(await simSubject.perform({ ...plan, checks: [] }, context)),
        requests: [],
        failovers: [],
      }),
    });
    const result = await gate(job, optionsIn(newFolder()));
    expect(result.verdict).not.toBe('pass');
  });
});

describe('an interrupted gate', () => {
  it('goes on where it was, to the same result', async () => {
    await update();
    const job = await jobOn(changed(slower(15)));
    const whole = await gate(job, optionsIn(newFolder()));
    const controller = new AbortController();
    let runs = 0;
    const folder = newFolder();
    const options = { ...optionsIn(folder, controller.signal), jobs: 1 };
    const onRun = () => {
      if (++runs === 3) controller.abort(new Error('enough'));
    };
    await expect(gate(job, { ...options, onRun })).rejects.toThrow(
      /ended after 2 runs; go on with: rsplab gate --resume/,
    );
    expect(readResult(folder).state).toBe('interrupted');
    // Half a line, as a process that is killed leaves it.
    writeFileSync(join(folder, 'ledger.ndjson'), `${readFileSync(join(folder, 'ledger.ndjson'), 'utf8')}{"point":0,`);
    const resumed = await gate(job, optionsIn(folder));
    const told = ({ points }: typeof whole) =>
      points.map(({ metrics, verdict, looks }) => ({ metrics, verdict, looks }));
    expect(told(resumed)).toEqual(told(whole));
    expect(resumed.points[0]!.runs).toHaveLength(15);
  });
});

describe('two gates at once', () => {
  it('do each other no harm', async () => {
    await update();
    const job = await jobOn(changed(slower(15)));
    const folders = [newFolder(), newFolder()];
    const [one, two] = await Promise.all(folders.map((folder) => gate(job, optionsIn(folder))));
    expect(one!.points[0]!.metrics).toEqual(two!.points[0]!.metrics);
    expect(readdirSync(join(folders[0]!, 'runs', 'small'))).toHaveLength(15);
  });

  it('update different points of one baseline without losing any', async () => {
    const experiment = loaded();
    const subject = simSubject;
    const pointNamed = async (name: string) => {
      const own = { ...experiment, experiment: { ...experiment.experiment, name } };
      return pointsOf(own, settingsFor(own.experiment, {}, {}), { seed: 1, subject });
    };
    const names = ['one', 'two', 'three'];
    await Promise.all(
      names.map(async (name) => {
        const points = await pointNamed(name);
        return updateBaseline(file, { subject, points, seed: 1, with: null, against: null }, optionsIn(newFolder()));
      }),
    );
    expect(readBaseline(file).points.map((point) => point.experiment)).toEqual(['one', 'three', 'two']);
  });
});

describe('old and new programs side by side', () => {
  /** Runs the plan as the program says, which tells how many milliseconds faster it is. */
  const order: string[] = [];
  const lab: Subject = {
    ...simSubject,
    home: homeHere,
    clock: 'real',
    perform: (plan, { build, ...context }) => {
      order.push(build ? 'old' : 'new');
      if (!build) return simSubject.perform(plan, context);
      const [, milliseconds] = /faster by (\d+)/.exec(readFileSync(join(build.folder, 'bin/rspserver'), 'utf8'))!;
      return simSubject.perform(slower(-Number(milliseconds))(plan), context);
    },
  };
  const program = (milliseconds: number) => {
    const path = join(out, 'rspserver');
    writeFileSync(path, `#!/bin/sh\n# faster by ${milliseconds}\n`);
    return path;
  };

  const job = async (against: string): Promise<GateJob> => {
    const experiment = loaded({ replications: 4, budget: 8 });
    const points = await pointsOf(experiment, settingsFor(experiment.experiment, {}, {}), { seed: 1, subject: lab });
    const old = await buildFor({ rspserver: against }, lab);
    return {
      ...{ subject: lab, points, seed: 1, with: null, against: old, commit: null },
      ...{ command: 'rsplab gate', notes: [], baseline: null },
    };
  };

  it('take turns at being first, need no baseline, and are told apart', async () => {
    order.length = 0;
    const result = await gate(await job(program(5)), optionsIn(newFolder()));
    expect(order.slice(0, 8).join(' ')).toBe('old new new old old new new old');
    expect(result).toMatchObject({ verdict: 'fail', baseline: null, points: [{ paired: true }] });
    expect(metricIn(result.points[0]!, 'connection.mean').verdict).toBe('fail');
    const [old] = result.points[0]!.runs.filter(({ side }) => side === 'old');
    expect(old!.sample!.replay).toMatch(/--with rspserver=/);
  });

  it('pass when they are the same', async () => {
    expect((await gate(await job(program(0)), optionsIn(newFolder()))).verdict).toBe('pass');
  });

  it('are refused by a lab that cannot run them', async () => {
    const asked = buildFor({ rspserver: program(1) }, simSubject);
    await expect(asked).rejects.toThrow(/--with rspserver: expected a lab that runs given programs, got sim/);
  });
});

describe('a value that is accepted', () => {
  const failed = async () => {
    await update();
    const folder = newFolder();
    await gate(await jobOn(changed(slower(15))), optionsIn(folder));
    return folder;
  };

  it('moves to what the gate measured, with the reason; nothing else moves', async () => {
    const gateFolder = await failed();
    const before = readBaseline(file).points[0]!;
    const moved = await accept(file, { what: 'resumption', why: 'a cookie more', gateFolder }, new VirtualClock());
    expect(moved).toEqual(['mean', 'p95', 'max'].map((each) => `small: resumption.${each}`));
    const after = readBaseline(file).points[0]!;
    expect(after.accepted[0]).toMatchObject({
      metric: 'resumption.mean',
      why: 'a cookie more',
      old: expect.any(Number),
    });
    expect(after.accepted[0]!.new! - after.accepted[0]!.old!).toBeCloseTo(0.03, 3);
    expect({ ...after.values, 'resumption.mean': [], 'resumption.p95': [], 'resumption.max': [] }).toEqual({
      ...{ ...before.values, 'resumption.mean': [], 'resumption.p95': [], 'resumption.max': [] },
    });
    // The rest of the change still fails, this metric no more; and no identity with either program is claimed.
    const again = await gate(await jobOn(changed(slower(15))), optionsIn(newFolder()));
    expect(metricIn(again.points[0]!, 'resumption.mean').verdict).toBe('pass');
    expect(metricIn(again.points[0]!, 'connection.mean').verdict).toBe('fail');
    expect(after.fingerprint).toBe(null);
  });

  it.each([
    ['an unknown name', 'speed', 'why not', /--accept: expected one of failoverDelay, .*, got 'speed'/],
    ['no reason', 'resumption', ' ', /--why: expected a reason/],
    ['what passed', 'requestsLost', 'why not', /expected a value that the gate did not pass, got none/],
  ])('is refused for %s', async (_, what, why, message) => {
    const gateFolder = await failed();
    const before = readFileSync(file, 'utf8');
    await expect(accept(file, { what, why, gateFolder }, new VirtualClock())).rejects.toThrow(message);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

it('a baseline of another lab is not added to', async () => {
  await update();
  const text = readFileSync(file, 'utf8').replace('"on": "sim"', '"on": "uml"');
  writeFileSync(file, text);
  await expect(update()).rejects.toThrow(/expected a baseline made on sim, got one of uml/);
  mkdirSync(join(out, 'kept'));
  copyFileSync(file, join(out, 'kept', 'b.json'));
  expect(readFileSync(file, 'utf8')).toBe(text);
});
