import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alike, counterpart, loadRunSet } from '../../harness/compare/run-set.js';
import { every, one, powerOff, s } from '../../harness/index.js';
import { temporaryFolder } from '../temporary.js';
import { powerOffPlan, simulated } from './runs.js';

describe('a folder of runs', () => {
  it('is one point per plan, whose seeds are replications', async () => {
    const out = temporaryFolder();
    for (const seed of [1, 2]) await simulated(powerOffPlan({ seed }), out);
    const folder = await simulated(powerOffPlan({ keepAlive: 3 }), out);
    const { points, experiment, notes } = loadRunSet(dirname(folder));
    expect(experiment).toBe('silence');
    expect(points.map(({ samples }) => samples.length).sort()).toEqual([1, 2]);
    expect(notes).toEqual([]);
  });

  it('is one point with one run for the folder of a run', async () => {
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    const { points } = loadRunSet(folder);
    expect(points.map(({ loaded }) => loaded.length)).toEqual([1]);
  });

  it('goes with the runs whose plan is most alike, when the experiment was changed in between', async () => {
    const out = temporaryFolder();
    const changed = [every(s(60), powerOff(one('elements'), { reappear: 'new-address' }), { lasting: s(5) })];
    const folder = await simulated(powerOffPlan({ faults: changed }), out);
    await simulated(powerOffPlan({ seed: 1 }), out);
    const [ours, theirs] = [loadRunSet(folder), loadRunSet(dirname(folder))];
    expect(theirs.points.length).toBe(2);
    expect(counterpart(ours.points[0]!, ours, theirs)!.names).toEqual(ours.points[0]!.names);
  });

  it('leaves out what broke, and says so', async () => {
    const out = temporaryFolder();
    const folder = await simulated(powerOffPlan(), out);
    const broken = join(dirname(folder), 'broken');
    cpSync(folder, broken, { recursive: true });
    const summary = JSON.parse(readFileSync(join(broken, 'summary.json'), 'utf8'));
    writeFileSync(join(broken, 'summary.json'), JSON.stringify({ ...summary, reasons: ['packets were missed'] }));
    const { points, notes } = loadRunSet(dirname(folder));
    expect(points.flatMap(({ names }) => names).length).toBe(1);
    expect(notes).toEqual(['silence/broken is left out, it is unknown: packets were missed.']);
  });

  it('is of one experiment', async () => {
    const out = temporaryFolder();
    await simulated(powerOffPlan(), out);
    await simulated(powerOffPlan({ name: 'other' }), out);
    expect(() => loadRunSet(out)).toThrow(/expected runs of one experiment, got other, silence/);
  });

  it('has to have runs', () => {
    expect(() => loadRunSet(temporaryFolder())).toThrow(/expected a run or a folder with runs/);
  });
});

const table = `policy,keepAlive,replication,seed,utilisation_percent,failover_delay_s,failovers
LeastUsed,1,1,11,40,1.5,3
LeastUsed,1,2,12,42,,0
Random,1,1,11,50,1.7,2
`;

describe('a sweep that kept its table only', () => {
  const sweep = (text: string) => {
    const folder = join(temporaryFolder(), 'figure', 'sweep');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'runs.csv'), text);
    return folder;
  };

  it('has its points and runs from there', () => {
    const { points, experiment } = loadRunSet(sweep(table));
    expect(experiment).toBe('figure');
    expect(points.map(({ point }) => point)).toEqual([
      { policy: 'LeastUsed', keepAlive: 1 },
      { policy: 'Random', keepAlive: 1 },
    ]);
    expect(points[0]!.samples.map(({ metrics }) => metrics.utilisation.value)).toEqual([40, 42]);
    expect(points[0]!.samples[1]!.metrics.failoverDelay.value).toBeNull();
  });

  it('is held against another sweep’s table, even where that one kept its runs', async () => {
    const out = temporaryFolder();
    const kept = dirname(await simulated(powerOffPlan(), out));
    writeFileSync(join(kept, 'runs.csv'), table);
    const [ours, theirs] = alike(loadRunSet(kept), loadRunSet(sweep(table)));
    expect(ours.points.map(({ samples }) => samples)).toEqual(theirs.points.map(({ samples }) => samples));
    const single = await simulated(powerOffPlan({ seed: 2 }), temporaryFolder());
    const [mixed] = alike(loadRunSet(single), loadRunSet(sweep(table)));
    expect(mixed.notes.join()).toMatch(/One side is a table/);
  });

  it('goes with another sweep’s points of the same values, in whatever order they are varied', () => {
    const ours = loadRunSet(sweep(table));
    const theirs = loadRunSet(
      sweep('keepAlive,policy,replication,utilisation_percent\n1,Random,1,47\n3,Random,1,48\n'),
    );
    expect(counterpart(ours.points[0]!, ours, theirs)).toBeNull();
    expect(counterpart(ours.points[1]!, ours, theirs)!.samples[0]!.metrics.utilisation.value).toBe(47);
  });
});
