import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { compareCommand } from '../../harness/cli/compare.js';
import { comparisonSchema } from '../../harness/compare/comparison.js';
import { every, freeze, one, s } from '../../harness/index.js';
import { temporaryFolder } from '../temporary.js';
import { powerOffPlan, simulated } from './runs.js';

/** What the command prints. */
async function compare(...words: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await compareCommand().exitOverride().parseAsync(words, { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

describe('rsplab compare', () => {
  it('prints each metric and stage beside both predictions, and stores them in the run’s folder', async () => {
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    const text = await compare(folder, '--replications', '3');
    for (const label of ['queuing delay', '– detection', '– resumption', 'utilisation', 'repeated calculations']) {
      expect(text).toContain(label);
    }
    expect(text).toContain('against rspsim (3 simulated runs) and deployment (3 simulated runs)');
    expect(text).toContain(join(folder, 'comparison.json'));
    const stored = comparisonSchema.parse(JSON.parse(readFileSync(join(folder, 'comparison.json'), 'utf8')));
    expect(stored).toMatchObject({ schemaVersion: 1, experiment: 'silence', with: 'sim' });
    const [heads, ...rows] = readFileSync(join(folder, 'comparison.csv'), 'utf8').trim().split('\n');
    expect(heads).toMatch(/^keepAlive,metric,unit,reference,/);
    expect(rows.length).toBe(2 * stored.points[0]!.metrics.length);
  });

  it('fits its lines on a wide terminal', async () => {
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    const table = (await compare(folder, '--replications', '3')).split('\n').filter((line) => /^[│┌├└]/.test(line));
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(165);
  });

  it('says why a model has no numbers', async () => {
    const faults = [every(s(30), freeze(one('elements')), { lasting: s(5) })];
    const folder = await simulated(powerOffPlan({ faults }), temporaryFolder());
    const text = await compare(folder, '--replications', '2');
    expect(text).toMatch(/rspsim: not representable: it knows .*, got freeze/);
    expect(readFileSync(join(folder, 'comparison.csv'), 'utf8')).toContain('got freeze');
  });

  it('keeps a comparison with another run apart from the prediction', async () => {
    const out = temporaryFolder();
    const folder = await simulated(powerOffPlan(), out);
    const other = await simulated(powerOffPlan({ keepAlive: 3 }), out);
    const stored = JSON.parse(await compare(folder, '--with', other, '--json'));
    expect(comparisonSchema.parse(stored)).toMatchObject({ with: `silence/${basename(other)}` });
    expect(readdirSync(folder)).toContain(`comparison-${basename(other)}.json`);
    expect(readdirSync(folder)).not.toContain('comparison.json');
  });

  it('compares folders of runs point by point', async () => {
    const out = temporaryFolder();
    for (const seed of [1, 2]) await simulated(powerOffPlan({ seed }), out);
    const folder = dirname(await simulated(powerOffPlan({ keepAlive: 3 }), out));
    const { points } = comparisonSchema.parse(
      JSON.parse(await compare(folder, '--replications', '2', '--json', '--out', temporaryFolder())),
    );
    expect(points.map(({ point, runs }) => [point.keepAlive, runs.length]).sort()).toEqual([
      [1, 2],
      [3, 1],
    ]);
  });

  it('refuses bad input in one sentence', async () => {
    const empty = temporaryFolder();
    const code = { code: 'bad-input' };
    await expect(compare(join(empty, 'nothing'))).rejects.toMatchObject(code);
    await expect(compare(empty)).rejects.toMatchObject(code);
    await expect(compare('latest', '--results', empty)).rejects.toMatchObject(code);
    const folder = await simulated(powerOffPlan(), temporaryFolder());
    await expect(compare(folder, '--replications', '1')).rejects.toThrow(/at least 2, got '1'/);
    await expect(compare(folder, '--with', empty)).rejects.toMatchObject(code);
  });
});
