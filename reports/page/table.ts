/** Tables for people, each of which can be saved as CSV with every digit. */
import { formatDuration } from '../../harness/base/units.js';
import { type Content, type Html, html } from './escape.js';
import { packed } from './packed.js';

/** `span`: seconds, shown with the unit that reads best; `time`: seconds since the run began. */
export type ColumnUnit = 'text' | 'count' | 'number' | 'span' | 'time' | 'percent';
export type Cell = string | number | null;

export interface Column<Row> {
  /** Head of the column in the CSV: ends in its unit. */
  readonly key: string;
  readonly label: string;
  readonly unit: ColumnUnit;
  readonly value: (row: Row) => Cell;
  /** Where the page shows more than the value. */
  readonly show?: (row: Row) => Content;
  /** Of no use to who reads the page, but to who reads the file. */
  readonly csvOnly?: boolean;
}

export interface Table<Row> {
  readonly id: string;
  /** Of the saved file, without its ending. */
  readonly file: string;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** File beside the page that has all rows, and more. */
  readonly source?: string;
  /** Said instead of a table without rows. */
  readonly empty?: string;
}

/** Longer ones are turned over page by page. */
const longest = 60;
/** Of a long table, what is there without scripts and on paper. */
const shownOfLong = 25;

export function tableMarkup<Row>(table: Table<Row>): Html {
  const { id, file, caption, columns, rows, source, empty = 'None.' } = table;
  if (rows.length === 0) return html`<p>${empty}</p>`;
  const long = rows.length > longest;
  const dataId = `table-${id}`;
  const elsewhere = source ? `; all are in ${source}` : '';
  return html`<div data-table="${dataId}"${long ? html` data-long` : ''}>
${long ? tools(dataId, caption) : ''}
<div class="table-scroll" tabindex="0" role="region" aria-label="${caption}"><table ${plainLayout}>
<caption>${caption}${long && html`<span data-part="${elsewhere}"> (the first ${shownOfLong} of ${rows.length} rows${elsewhere})</span>`}</caption>
<thead><tr>${columns.filter(isShown).map(head)}</tr></thead>
<tbody>${rows.slice(0, long ? shownOfLong : longest).map((row) => line(columns, row))}</tbody>
</table></div>
<div class="table-tools"><button type="button" data-csv="${dataId}" data-name="${file}" hidden>Save as CSV</button></div>
${packed(dataId, dataOf(table))}
</div>`;
}

/** Lines and room where no style sheet applies; where one does, it has the say. */
export const plainLayout: Html = html`border="1" cellpadding="5" cellspacing="0"`;

const dataOf = <Row>({ columns, rows }: Table<Row>) => ({
  heads: columns.map(({ key }) => key),
  labels: columns.map(({ label }) => label),
  units: columns.map(({ unit, csvOnly }) => (csvOnly ? 'hidden' : unit)),
  columns: columns.map(({ value }) => rows.map((row) => rounded(value(row)))),
});

/** Microseconds are as fine as the lab's clocks, and nanocalculations nobody's. */
const rounded = (cell: Cell): Cell =>
  typeof cell === 'number' && !Number.isInteger(cell) ? Math.round(cell * 1e6) / 1e6 : cell;

const tools = (dataId: string, caption: string): Html =>
  html`<div class="table-tools" data-table-tools hidden>
<label>Filter <input type="search" data-filter aria-label="Filter: ${caption}" aria-controls="${dataId}-count"></label>
<button type="button" data-turn="-1">Previous</button><button type="button" data-turn="1">Next</button>
<span id="${dataId}-count" data-count aria-live="polite"></span></div>`;

const isShown = <Row>({ csvOnly }: Column<Row>): boolean => !csvOnly;

const head = <Row>({ label, unit }: Column<Row>): Html =>
  html`<th scope="col"${unit === 'text' ? html` align="left"` : number}>${label}</th>`;

/** To the right also where no style sheet applies. */
const number = html` class="number" align="right"`;

function line<Row>(columns: readonly Column<Row>[], row: Row): Html {
  return html`<tr>${columns.filter(isShown).map(({ value, show, unit }) => {
    const content = show ? show(row) : cellText(value(row), unit);
    const wide = typeof content === 'string' && content.length > 28 && html` class="wide"`;
    return html`<td${unit === 'text' ? wide : number}>${content}</td>`;
  })}</tr>`;
}

/** A value as people read it. */
export function cellText(value: Cell, unit: ColumnUnit): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'string') return value;
  if (unit === 'span') return formatDuration(value);
  if (unit === 'time') return value.toFixed(3);
  if (unit === 'percent') return `${Number(value.toPrecision(4))} %`;
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}
