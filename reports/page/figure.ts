/** A figure with what makes it usable: what to read from it, a text alternative, its data, and buttons to save it. */
import { type Content, type Html, html, trusted } from './escape.js';

export interface Size {
  readonly name: 'wide' | 'narrow';
  /** In the figure's own units, which are pixels where there is room. */
  readonly width: number;
}

export interface Figure {
  /** Of the saved file, without its ending. */
  readonly file: string;
  readonly title: string;
  /** How to read it, in a sentence or two. */
  readonly reading: Content;
  /** What it shows, for who does not see it. */
  readonly alternative: string;
  /** Complete SVG elements, of which text is escaped; a phone gets its own. */
  readonly draw: (size: Size) => string;
  /** The same data as a table. */
  readonly table: Content;
  readonly extra?: Content;
}

const sizes: readonly Size[] = [
  { name: 'wide', width: 960 },
  { name: 'narrow', width: 350 },
];

export const figureMarkup = ({ file, title, reading, alternative, draw, table, extra }: Figure): Html =>
  html`<figure class="figure"><figcaption>${title}</figcaption>
<p class="reading">${reading}</p>
${extra}
${sizes.map((size) => html`<div class="${size.name}">${trusted(labelled(draw(size), `${title}. ${alternative}`))}</div>`)}
<div class="figure-tools"><button type="button" data-save="svg" data-name="${file}" hidden>Save SVG</button>
<button type="button" data-save="png" data-name="${file}" hidden>Save PNG</button>
${table && html`<details><summary>Data of this figure</summary>${table}</details>`}</div>
</figure>`;

const labelled = (svg: string, text: string): string =>
  svg.replace(/^<svg /, `<svg role="img" aria-label="${html`${text}`.text}" `);
