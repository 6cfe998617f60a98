/** From a table of runs to figures and tables, with the simulator in the place of what is measured. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { realClock } from '../../../../harness/base/clock.js';
import { simSubject } from '../../../../harness/run/sim-subject.js';
import { gridFor, growTable } from '../../../../harness/sweep/grow.js';
import { type Figure, speedPanel } from '../../../../reports/figure/figure.js';
import { writeMeasured, writeMeasuredIndex } from '../../../../reports/figure/measured/set.js';
import { loaded } from '../../../sweep/sweeps.js';
import { temporaryFolder } from '../../../temporary.js';

const figure: Figure = {
  ...{ name: '9', title: 'A <small> one', experiment: 'small', panels: [speedPanel], claims: [], quick: {} },
  x: { name: 'mtbf', label: 'MTBF [s]' },
  curve: { name: 'delay', label: 'delay [ms]', scale: 1000 },
  measured: { grid: {}, measure: 60, full: {}, departures: ['Keep-alives below <100 ms>'] },
};
const varied = {
  ...loaded,
  experiment: { ...loaded.experiment, vary: { policy: ['LeastUsed', 'Random'], delay: [0.01, 0.02], mtbf: [10, 20] } },
} as typeof loaded;

it('draws points over curves, holds both against each other, and says what stands where', async () => {
  const folder = temporaryFolder();
  const options = { subject: simSubject, seed: 1, replications: 2, phases: {}, table: join(folder, 'runs.csv') };
  const grid = { restriction: { mtbf: [10] } };
  const running = { jobs: 1, clock: realClock, signal: new AbortController().signal };
  const scaled = await growTable(varied, { ...options, ...grid, ...running });
  const fullAt = { restriction: { mtbf: [10], policy: ['Random'], delay: [0.01] }, table: join(folder, 'full.csv') };
  const full = await growTable(varied, { ...options, ...fullAt, ...running });
  const fine = gridFor(varied, { ...options, restriction: {} });

  const drawn = writeMeasured(folder, figure, { scaled, full, fine });
  const page = readFileSync(writeMeasuredIndex(folder, [drawn]), 'utf8');

  const { document } = parseHTML(readFileSync(join(folder, 'fig09-handling-speed.svg'), 'utf8'));
  expect(document.querySelectorAll('g[aria-label="dot"] path, g[aria-label="dot"] circle').length).toBeGreaterThan(4);
  expect(existsSync(join(folder, 'fig09-handling-speed.png'))).toBe(true);
  const rows = parse(readFileSync(join(folder, 'departures.csv'), 'utf8'), { columns: true }) as Record<
    string,
    string
  >[];
  const speed = rows.filter(({ metric, scale }) => metric === 'handling_speed_percent' && scale === 'small');
  expect(speed.map(({ model, runs }) => [model, runs])).toEqual([
    ['rspsim', '8'],
    ['deployment', '8'],
    ['with quirks', '8'],
  ]);
  // The same model on both sides.
  expect(Number(speed[0]!.ci95_low)).toBeLessThan(0);
  expect(Number(speed[0]!.ci95_high)).toBeGreaterThan(0);
  expect(page).toContain('A &lt;small&gt; one');
  expect(page).toContain('Keep-alives below &lt;100 ms&gt;');
  expect(page).toContain('4 points, 2 runs each');
});
