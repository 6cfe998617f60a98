/** Every experiment has a predicted twin, and a verdict on each of its numbers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../harness/experiment/load.js';
import { simSubject } from '../../harness/run/sim-subject.js';
import { layOut } from '../../harness/sweep/grid.js';
import type { GrownTable } from '../../harness/sweep/grow.js';
import { meanOfRuns } from '../../harness/sweep/table.js';
import { figures } from '../../reports/figure/figures/index.js';
import { type TwinRow, twinCsv, twinOverview, twinSection, twinTable, verdictOn } from '../../reports/twins/table.js';
import { twins } from '../../reports/twins/twin.js';

const measuredElsewhere = figures.filter(({ measured }) => measured).map(({ experiment }) => experiment);
const shipped = readdirSync('experiments')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));

const load = (name: string) => loadExperiment(join('experiments', `${name}.ts`));

describe('the experiments that come with rsplab', () => {
  it('are all held against a prediction: as twins, or as figures', () => {
    const held = [...twins.map(({ experiment }) => experiment), ...measuredElsewhere];
    expect(shipped.filter((name) => !held.includes(name))).toEqual([]);
  });

  it.each(shipped)('%s can be predicted at all of its points', async (name) => {
    const loaded = await load(name);
    const grid = layOut(loaded, { seed: 1, restriction: {}, phases: {}, subject: simSubject });
    expect(grid.points.filter(({ refusal }) => refusal !== null)).toEqual([]);
  });
});

/** Runs of `element-kill` that came to these numbers, beside the real prediction. */
async function tableOf(...runs: Record<string, number | null>[]) {
  const loaded = await load('element-kill');
  const grid = layOut(loaded, { seed: 1, restriction: { keepAlive: [1] }, phases: {}, subject: simSubject });
  const records = runs.map((values, at) => ({
    ...{ point: 0, replication: at + 1, seed: at + 1, verdict: null, folder: null, values },
  }));
  return twinTable(twins.find(({ experiment }) => experiment === 'element-kill')!, {
    ...{ grid, records },
  } as unknown as GrownTable);
}

describe('a table of twins', () => {
  it('has each number that was measured, its prediction and a verdict', async () => {
    // A registrar answers after a round trip of 20 ms, and an association is up after two.
    const table = await tableOf(
      { selection_s: 0.0201, connection_s: 0.4, path_failovers: 3, resumption_s: null, fails_no_request_lost: 0 },
      { selection_s: 0.02011, connection_s: 0.41, path_failovers: 3, resumption_s: null, fails_no_request_lost: 0 },
      {},
    );
    expect(table).toMatchObject({ experiment: 'element-kill', point: { keepAlive: 1 }, runs: 2, unknown: 1 });
    const verdicts = Object.fromEntries(table.rows.map((row) => [row.number, verdictOn(row)]));
    expect(verdicts).toEqual({ selection_s: 'within 5 %', connection_s: 'different', path_failovers: 'no twin' });
    expect(twinSection(table)).toContain('keepAlive 1, 2 runs, and 1 of which nothing is known.');
    expect(twinSection(table)).toMatch(/\| connection_s \| 2 \| 0\.405 ± 0\.064 \| 0\.04 /);
    expect(twinOverview([table])).toContain('| element-kill | 2 | 1 | 0 | 1 | 0 | 1 |');
    expect(twinCsv([table]).split('\n')[1]).toMatch(/^element-kill,"{""keepAlive"":1}",selection_s,2,/);
  });

  it('says by which prediction a number is explained', () => {
    const departure = (percent: number, verdict: TwinRow['predicted']['verdict']) => ({
      ...{ predicted: 1, percent, interval: { low: percent - 1, high: percent + 1 }, verdict },
    });
    const row = { number: 'resumption_s', measured: meanOfRuns([1, 1]), runs: 2 };
    const [far, near] = [departure(90, 'different'), departure(-8, 'cannot say')];
    expect(verdictOn({ ...row, predicted: far, withQuirks: near })).toBe('cannot say');
    expect(verdictOn({ ...row, predicted: near, withQuirks: far })).toBe('cannot say');
    expect(verdictOn({ ...row, predicted: far, withQuirks: far })).toBe('different');
  });
});
