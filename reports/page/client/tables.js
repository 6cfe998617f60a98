/** Tables: saved as CSV, and long ones filtered, sorted and turned over page by page. */

/** @typedef {{ heads: string[], labels: string[], units: string[], columns: (string | number | null)[][] }} TableData */

const rowsPerPage = 50;

/** @param {string | number | null} value */
const csvField = (value) =>
  value !== null && /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? '');

/** @param {TableData} data */
const csvOf = ({ heads, columns }) =>
  [heads, ...(columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? null))]
    .map((fields) => `${fields.map(csvField).join(',')}\n`)
    .join('');

/** @param {string | number | null | undefined} value @param {string} [unit] */
function shown(value, unit) {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value !== 'number') return value;
  if (unit === 'time') return value.toFixed(3);
  if (unit === 'span') return duration(value);
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

/** A long table: what the page shows of it is filled in from the data that it carries. */
class LongTable {
  /** @param {HTMLElement} holder @param {TableData} data */
  constructor(holder, data) {
    this.data = data;
    this.body = /** @type {HTMLElement} */ (holder.querySelector('tbody'));
    this.count = /** @type {HTMLElement} */ (holder.querySelector('[data-count]'));
    this.part = /** @type {HTMLElement} */ (holder.querySelector('[data-part]'));
    this.part.className = 'print-only';
    this.texts = (data.columns[0] ?? []).map((_, row) =>
      data.columns
        .map((column, index) => String(column[row] ?? shown(null, data.units[index])))
        .join(' ')
        .toLowerCase(),
    );
    this.page = 0;
    this.query = '';
    this.sorted = { column: -1, down: false };
    this.#listen(holder);
    this.update();
  }

  /** @param {HTMLElement} holder */
  #listen(holder) {
    for (const tools of all('[data-table-tools]', holder)) tools.hidden = false;
    const filter = /** @type {HTMLInputElement | null} */ (holder.querySelector('[data-filter]'));
    filter?.addEventListener('input', () => {
      this.query = filter.value.trim().toLowerCase();
      this.page = 0;
      this.update();
    });
    for (const button of all('[data-turn]', holder)) {
      button.addEventListener('click', () => {
        this.page += Number(button.dataset.turn);
        this.update();
      });
    }
    all('thead th', holder).forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute('aria-sort', 'none');
      button.addEventListener('click', () => {
        this.sorted = { column, down: this.sorted.column === column && !this.sorted.down };
        for (const other of all('thead th', holder)) other.setAttribute('aria-sort', 'none');
        head.setAttribute('aria-sort', this.sorted.down ? 'descending' : 'ascending');
        this.update();
      });
    });
    this.turns = /** @type {HTMLButtonElement[]} */ (all('[data-turn]', holder));
  }

  #rows() {
    const words = this.query.split(/\s+/);
    const rows = this.texts.flatMap((text, row) => (words.every((word) => text.includes(word)) ? [row] : []));
    const { column, down } = this.sorted;
    const values = this.data.columns[column];
    if (!values) return rows;
    return rows.sort((a, b) => (down ? -1 : 1) * compare(values[a] ?? null, values[b] ?? null));
  }

  update() {
    const { columns, units } = this.data;
    const rows = this.#rows();
    const last = Math.max(0, Math.ceil(rows.length / rowsPerPage) - 1);
    this.page = Math.max(0, Math.min(this.page, last));
    const from = this.page * rowsPerPage;
    const page = rows.slice(from, from + rowsPerPage);
    this.body.replaceChildren(
      ...page.map((row) => {
        const line = document.createElement('tr');
        columns.forEach((column, index) => {
          if (units[index] === 'hidden') return;
          const cell = line.insertCell();
          cell.textContent = shown(column[row], units[index]);
          if (units[index] !== 'text') cell.className = 'number';
        });
        return line;
      }),
    );
    this.count.textContent = rows.length === 0 ? 'no row' : `rows ${from + 1}–${from + page.length} of ${rows.length}`;
    this.part.textContent = ` (${this.count.textContent}${this.part.dataset.part})`;
    for (const button of this.turns ?? [])
      button.disabled = this.page + Number(button.dataset.turn) < 0 || this.page + Number(button.dataset.turn) > last;
  }
}

/** What is missing comes last. @param {string | number | null} a @param {string | number | null} b */
function compare(a, b) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

for (const holder of all('[data-table]')) {
  const id = holder.dataset.table ?? '';
  // Unpacked when somebody looks, not when the page opens.
  /** @type {Promise<TableData> | undefined} */
  let data;
  const get = () => {
    data ??= unpack(id);
    return data;
  };
  const details = holder.closest('details');
  const fill = async () => void new LongTable(holder, await get());
  if (holder.dataset.long !== undefined) {
    if (details && !details.open) details.addEventListener('toggle', fill, { once: true });
    else fill();
  }
  for (const button of all(`[data-csv="${id}"]`)) {
    button.hidden = false;
    button.addEventListener('click', async () =>
      download(new Blob([csvOf(await get())], { type: 'text/csv' }), `${button.dataset.name}.csv`),
    );
  }
}
