import Table from 'cli-table3';
import { formatDuration } from '../base/units.js';
import type { TakeoverRow } from '../result/registrars.js';
import type { RegistrarNumbers } from '../result/summary.js';
import { plain } from './plain.js';

/** What became of registrars that were struck, and of those who asked them. */
export function registrarBlocks(
  { rehomings, resolutions }: RegistrarNumbers,
  takeovers: readonly TakeoverRow[],
): string[] {
  const { outage, otherwise } = resolutions;
  const answered = ({ answered, count, askedAgain, delay }: typeof outage) =>
    `${answered} of ${count} answered${askedAgain === 0 ? '' : `, ${askedAgain} asked again`}; ${spread(delay)}.`;
  return [
    ...(takeovers.length > 0 ? [takeoverTable(takeovers)] : []),
    [
      ...(rehomings.count > 0
        ? [`Re-homing of an element: ${spread(rehomings.delay)}; ${rehomings.open} of ${rehomings.count} not in time.`]
        : []),
      ...(takeovers.length > 0 ? [`Handle resolutions meanwhile: ${answered(outage)}`] : []),
      `Handle resolutions otherwise: ${answered(otherwise)}`,
    ].join('\n'),
  ];
}

function takeoverTable(takeovers: readonly TakeoverRow[]): string {
  const table = new Table({
    ...plain,
    head: ['fault on registrar', 'missed by', 'taken over by', 'elements re-homed'],
  });
  for (const row of takeovers) {
    table.push([
      `${row.faultKind} on ${row.registrar} at ${row.faultAt.toFixed(1)} s`,
      after(row.noticedBy, row.detection),
      row.expiredAt === null
        ? after(row.takenOverBy, row.takeover)
        : `nobody: given up after ${formatDuration(row.expiredAt - row.faultAt)}`,
      `${row.rehomed} of ${row.elements}`,
    ]);
  }
  return table.toString();
}

const after = (who: string | null, span: number | null): string =>
  who === null || span === null ? 'nobody' : `${who} after ${formatDuration(span)}`;

const spread = ({ count, mean, p50, max }: RegistrarNumbers['rehomings']['delay']): string =>
  count === 0
    ? 'n = 0'
    : `mean ${formatDuration(mean!)}, median ${formatDuration(p50!)}, longest ${formatDuration(max!)} (n = ${count})`;
