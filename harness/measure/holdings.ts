import type { HoldingRow } from '../result/registrars.js';

/**
 * What a registrar holds, by its own statistics file: a line every so often with, from its second column on, the time
 * (epoch seconds) and, from its sixth on, its peers, pools, elements and own elements. Equal lines in a row make one
 * row.
 */
export function parseHoldings(registrar: string, text: string, epoch: number): HoldingRow[] {
  const rows: HoldingRow[] = [];
  // The last line may be cut off, the first names the columns.
  for (const line of text.split('\n').slice(1, -1)) {
    const cells = line.trim().split(/\s+/);
    const [at, peers, elements, ownElements] = [1, 6, 8, 9].map((cell) => Number(cells[cell]));
    if (cells.length < 18 || !Number.isFinite(at)) continue;
    const time = at! - epoch;
    const last = rows.at(-1);
    if (last && last.peers === peers && last.elements === elements && last.ownElements === ownElements) {
      rows[rows.length - 1] = { ...last, to: time };
    } else
      rows.push({ registrar, from: time, to: time, peers: peers!, elements: elements!, ownElements: ownElements! });
  }
  return rows;
}
