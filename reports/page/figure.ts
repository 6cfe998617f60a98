/** A figure with what makes it usable: what to read from it, a text alternative, its data, and buttons to save it. */
import { type Content, type Html, html, trusted } from './escape.js';
import { fontFamily, withColours } from './palette.js';

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
  /**
   * A complete SVG element with a `viewBox` and without a size, of which text is escaped and colours are named as in the
   * style sheet; a phone gets its own.
   */
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
${sizes.map((size) => html`<div class="${size.name}"${size.name === 'narrow' && html` hidden`}>${trusted(standalone(draw(size), `${title}. ${alternative}`))}</div>`)}
<div class="figure-tools"><button type="button" data-save="svg" data-name="${file}" hidden>Save SVG</button>
<button type="button" data-save="png" data-name="${file}" hidden>Save PNG</button>
${table && html`<details><summary>Data of this figure</summary>${table}</details>`}</div>
</figure>`;

/** With all that it needs where no style sheet applies: its size, its fonts, its colours and the ground below them. */
const standalone = (svg: string, text: string): string =>
  withColours(
    svg.replace(
      /^<svg ([^>]*)>/,
      (_, attributes) =>
        `<svg role="img" aria-label="${html`${text}`.text}" width="100%" font-family="${fontFamily}" ${attributes}>` +
        '<rect width="100%" height="100%" fill="var(--surface)"/>',
    ),
  );

/** A sample of a colour of the style sheet, for legends. */
export const swatch = (colour: string): Html =>
  trusted(
    withColours(
      html`<svg class="swatch" width="14" height="14" aria-hidden="true"><rect x="1" y="1" width="12" height="12" rx="2" fill="var(--${colour})"/></svg>`
        .text,
    ),
  );
