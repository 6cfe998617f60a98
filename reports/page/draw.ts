/** Observable Plot without a browser, in the page's own colours and type. */
import { html } from './escape.js';
import { Plot, parseHTML } from './plot.js';

export { Plot };

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** Dashes of a line; a filled square where there is none. */
  readonly dash?: string;
  readonly line?: boolean;
}

export const fontSize = 13;
const legendRow = 22;

/**
 * Draws a plot as one SVG element, with its legend above.
 * @param options `width` and `height` are the plot's; the legend comes on top
 */
export function plotSvg(options: Plot.PlotOptions & { width: number }, legend: readonly LegendEntry[] = []): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document,
    ...options,
    style: { fontSize: `${fontSize}px`, fontFamily: 'inherit', overflow: 'visible' },
  } as Plot.PlotOptions) as unknown as SvgNode;
  for (const style of svg.querySelectorAll('style')) style.remove();
  // Titles would show late and only to mice; the page's script shows these at once.
  for (const title of svg.querySelectorAll('title')) {
    title.parentNode.setAttribute('data-tip', title.textContent);
    title.remove();
  }
  const width = options.width;
  const height = Number(svg.getAttribute('height'));
  const rows = legendRows(legend, width);
  const top = rows.length === 0 ? 0 : rows.length * legendRow + 8;
  const content = svg.innerHTML.replaceAll('var(--plot-background)', 'var(--surface)');
  return [
    `<svg viewBox="0 0 ${width} ${height + top}" font-size="${fontSize}"`,
    ` fill="currentColor" text-anchor="middle">`,
    rows.map((row, index) => row.map((entry) => entryMarkup(entry, index * legendRow + 10)).join('')).join(''),
    `<g transform="translate(0,${top})">${content}</g></svg>`,
  ].join('');
}

/** What is used of linkedom's elements; the browser's types are not those of this program. */
interface SvgNode {
  readonly innerHTML: string;
  readonly textContent: string;
  readonly parentNode: SvgNode;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  querySelectorAll(selector: string): Iterable<SvgNode>;
  remove(): void;
}

interface PlacedEntry extends LegendEntry {
  readonly x: number;
}

/** Estimated, since nothing here can measure text; rather too wide. */
export const textWidth = (text: string): number => text.length * fontSize * 0.58;

function legendRows(legend: readonly LegendEntry[], width: number): PlacedEntry[][] {
  const rows: PlacedEntry[][] = [];
  let x = width;
  for (const entry of legend) {
    const needs = textWidth(entry.label) + (entry.line ? 50 : 38);
    if (x + needs > width) {
      rows.push([]);
      x = 2;
    }
    rows.at(-1)!.push({ ...entry, x });
    x += needs;
  }
  return rows;
}

function entryMarkup({ x, label, colour, dash, line }: PlacedEntry, y: number): string {
  const key = line
    ? html`<line x1="${x}" x2="${x + 26}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash ?? ''}"/>`
    : html`<rect x="${x}" y="${y - 6}" width="13" height="13" rx="2" fill="${colour}"/>`;
  return html`${key}<text x="${x + (line ? 32 : 19)}" y="${y + 4.5}" text-anchor="start">${label}</text>`.text;
}

/** References by their place: told apart by colour and by dashes. The measured side comes first. */
export const seriesStyle = (index: number): { colour: string; dash: string } => ({
  colour: `var(--series-${index % 4})`,
  dash: ['', '7 4', '2 3', '9 3 2 3'][index % 4]!,
});
