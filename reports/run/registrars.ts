/** What became of registrars that a fault struck, and of those who asked them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { formatDuration } from '../../harness/base/units.js';
import {
  type RehomingRow,
  rehomingRowSchema,
  type TakeoverRow,
  takeoverRowSchema,
} from '../../harness/result/registrars.js';
import type { RegistrarNumbers } from '../../harness/result/summary.js';
import { type Content, html } from '../page/escape.js';
import { type Table, tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

/** Null where there is but one registrar, and nothing befell it. */
export function registrarSection({ folder, plan, summary }: RunFiles): Content {
  if (!summary?.registrars) return null;
  const takeovers = readRows(folder, 'takeovers.csv', takeoverRowSchema);
  const rehomings = readRows(folder, 'rehomings.csv', rehomingRowSchema);
  return [
    html`<p>${resolutionSentence(summary.registrars)}</p>`,
    tableMarkup(takeoverTable(takeovers, plan.experiment)),
    rehomings.length > 0 ? tableMarkup(rehomingTable(rehomings, plan.experiment)) : null,
  ];
}

function resolutionSentence({ resolutions: { outage, otherwise } }: RegistrarNumbers): string {
  const longest = ({ max }: { max: number | null }) => (max === null ? '–' : formatDuration(max));
  const usual = `${otherwise.answered} of ${otherwise.count} handle resolutions were answered with all registrars well, the longest in ${longest(otherwise.delay)}`;
  if (outage.count === 0) return `${usual}.`;
  return `${usual}; ${outage.answered} of ${outage.count} while a registrar was struck, the longest in ${longest(outage.delay)}, ${outage.askedAgain} after asking again.`;
}

const takeoverTable = (rows: readonly TakeoverRow[], experiment: string): Table<TakeoverRow> => ({
  id: 'takeovers',
  file: `${experiment}-takeovers`,
  caption: 'Faults on registrars, and who took over; – where nobody did.',
  empty: 'No fault struck a registrar.',
  rows,
  columns: [
    { key: 'registrar', label: 'registrar', unit: 'text', value: (row) => row.registrar },
    { key: 'fault', label: 'fault', unit: 'text', value: (row) => row.faultKind },
    { key: 'fault_at_s', label: 'fault at', unit: 'time', value: (row) => row.faultAt },
    { key: 'noticed_by', label: 'missed by', unit: 'text', value: (row) => row.noticedBy ?? 'nobody' },
    { key: 'detection_s', label: 'missed after', unit: 'span', value: (row) => row.detection },
    { key: 'taken_over_by', label: 'taken over by', unit: 'text', value: (row) => row.takenOverBy ?? 'nobody' },
    { key: 'takeover_s', label: 'taken over after', unit: 'span', value: (row) => row.takeover },
    { key: 'expired_at_s', label: 'given up at', unit: 'time', value: (row) => row.expiredAt },
    { key: 'elements', label: 'elements', unit: 'count', value: (row) => row.elements },
    { key: 'rehomed', label: 're-homed', unit: 'count', value: (row) => row.rehomed },
  ],
});

const rehomingTable = (rows: readonly RehomingRow[], experiment: string): Table<RehomingRow> => ({
  id: 'rehomings',
  file: `${experiment}-rehomings`,
  caption: 'Elements whose home was struck, until they registered elsewhere.',
  rows,
  columns: [
    { key: 'element', label: 'element', unit: 'text', value: (row) => row.element },
    { key: 'old_home', label: 'from', unit: 'text', value: (row) => row.oldHome },
    { key: 'new_home', label: 'to', unit: 'text', value: (row) => row.newHome ?? 'nobody' },
    { key: 'fault_at_s', label: 'fault at', unit: 'time', value: (row) => row.faultAt },
    { key: 'rehomed_after_s', label: 're-homed after', unit: 'span', value: (row) => row.delay },
  ],
});

function readRows<S extends z.ZodObject>(folder: string, name: string, schema: S): z.infer<S>[] {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const cast = (cell: string) => (cell === '' ? null : Number.isNaN(Number(cell)) ? cell : Number(cell));
  return schema.array().parse(parse(readFileSync(path, 'utf8'), { columns: true, cast }));
}
