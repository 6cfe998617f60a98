/** What gates before this one measured. */
import { type History, historyColumn } from '../../harness/gate/history.js';
import type { GateResult } from '../../harness/gate/result.js';
import { type Content, html } from '../page/escape.js';
import { historyPicture } from './picture.js';

/** Of more, nobody sees what is what. */
const mostGates = 200;

export function historySection({ points }: GateResult, { rows }: History): Content {
  const shown = rows.slice(-mostGates);
  const times = shown.map(({ time = '' }) => time.slice(0, 16).replace('T', ' '));
  const lines = points.flatMap((point) =>
    point.metrics
      // Of the delays the means: the rest is in the file.
      .filter(({ metric, verdict }) => !/\.(p95|max)$/.test(metric) || verdict === 'fail')
      .map(({ metric, label, unit }) => ({
        title: `${point.name}: ${label}`,
        values: shown.map((row) => numberOf(row[historyColumn(point.name, metric)])),
        ...{ unit, times },
      })),
  );
  const told = lines.filter(({ values }) => values.filter((value) => value !== null).length > 1);
  if (told.length === 0) return html`<p>There is a history from the second gate on.</p>`;
  const steady = told.filter(({ values }) => new Set(values.filter((value) => value !== null)).size === 1);
  return [
    html`<p>The means of ${shown.length} gates. Change points are for Apache Otava to find, which reads the same file.</p>`,
    told
      .filter((line) => !steady.includes(line))
      .map((line) => html`<h3>${line.title}</h3><div class="table-scroll">${historyPicture(line)}</div>`),
    steady.length > 0 && html`<p>The same in all of them: ${steady.map(({ title }) => title).join('; ')}.</p>`,
  ];
}

function numberOf(text: string | undefined): number | null {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
