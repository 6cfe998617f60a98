/** What clocks of several machines leave uncertain about times of a run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../base/units.js';
import { type FailoverRow, stageNames } from '../result/rows.js';

/**
 * How far each machine's clock is ahead of ours, and how well that is known, against ours and among each other, in
 * seconds; see `clocks.json`.
 */
export type Clocks = Readonly<Record<string, ClockTold>>;

interface ClockTold {
  readonly offset: number;
  readonly uncertainty: number;
  readonly among?: number;
}

/** None of a run that never came to know them. */
export function clocksIn(folder: string): Clocks {
  const file = join(folder, 'clocks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Clocks) : {};
}

/**
 * Says how well clocks are known, and which stages of failovers are shorter than that: between events of two hosts the
 * uncertainties of both add up, unless packets tell more.
 */
export function uncertaintyNotes(clocks: Clocks, failovers: readonly FailoverRow[]): string[] {
  const known = Object.entries(clocks).sort(([, a], [, b]) => b.uncertainty - a.uncertainty);
  if (known.length === 0) return [];
  const all = known.map(([host, { uncertainty }]) => `${host} ± ${formatDuration(uncertainty)}`).join(', ');
  const apart = known.slice(0, 2).reduce((sum, [, { uncertainty }]) => sum + uncertainty, 0);
  const most = Math.max(...known.map(([, { among }]) => among ?? apart));
  const short = stageNames.flatMap((stage) => {
    const spans = failovers.flatMap((row) => row[stage] ?? []);
    const shorter = spans.filter((span) => span < most).length;
    return shorter > 0 ? [`${stage} of ${shorter} of ${spans.length} failovers`] : [];
  });
  return [
    `Clocks of the hosts, against this machine’s: ${all}`,
    ...(short.length > 0
      ? [`Shorter than what clocks leave uncertain (${formatDuration(most)}): ${short.join(', ')}`]
      : []),
  ];
}
