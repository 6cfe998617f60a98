import { describe, expect, it } from 'vitest';
import { loadRun } from '../../harness/compare/load.js';
import { predict } from '../../harness/compare/predict.js';
import { every, freeze, one, powerOff, s } from '../../harness/index.js';
import { temporaryFolder } from '../temporary.js';
import { powerOffPlan, simulated } from './runs.js';

describe('predictions of a measured run', () => {
  it('replay its faults: as many failovers as there is somebody to be hit, and none without faults', async () => {
    const faults = [every(s(30), powerOff(one('elements'), { reappear: 'new-address' }), { lasting: s(5) })];
    const hit = loadRun(await simulated(powerOffPlan({ faults }), temporaryFolder()));
    const spared = { ...hit, faults: { ...hit.faults, faults: [] } };
    const failovers = (run: typeof hit) =>
      predict('deployment', [run], { replications: 3 }).runs.map(({ failovers: { running } }) => running);
    for (const count of failovers(hit)) expect(count).toBeGreaterThan(0);
    expect(failovers(spared)).toEqual([0, 0, 0]);
  });

  it('are the same each time, and more of them begin with the same ones', async () => {
    const run = loadRun(await simulated(powerOffPlan(), temporaryFolder()));
    const speeds = (replications: number) =>
      predict('rspsim', [run], { replications }).runs.map(({ metrics }) => metrics.handlingSpeed.value);
    const few = speeds(3);
    expect(speeds(5).slice(0, 3)).toEqual(few);
    expect(new Set(few).size).toBe(3);
  });

  it('are shared out among replications, each with its own faults', async () => {
    const out = temporaryFolder();
    const runs = [1, 2].map((seed) => powerOffPlan({ seed })).map((plan) => simulated(plan, out));
    const loaded = (await Promise.all(runs)).map(loadRun);
    const seen: number[] = [];
    const { runs: predicted } = predict('deployment', loaded, {
      replications: 5,
      onReplication: (_, done) => seen.push(done),
    });
    expect(predicted.length).toBe(6);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('say why a model cannot make them', async () => {
    const faults = [every(s(30), freeze(one('elements')), { lasting: s(5) })];
    const run = loadRun(await simulated(powerOffPlan({ faults }), temporaryFolder()));
    expect(predict('rspsim', [run], { replications: 2 })).toMatchObject({
      runs: [],
      notRepresentable: expect.stringMatching(/^it knows .*, got freeze/),
    });
    expect(predict('deployment', [run], { replications: 2 }).notRepresentable).toBeNull();
  });
});
