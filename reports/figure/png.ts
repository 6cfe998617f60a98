import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { fontFamily } from './frame.js';

/** In print at 8 cm width, twice the size is 480 dots per inch. */
const scale = 2;

/** The font comes with rsplab: a lab machine without fonts would draw no text at all, and say nothing. */
const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

export function pngOf(svg: string): Uint8Array {
  const options = {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: fontFamily, sansSerifFamily: fontFamily },
  } as const;
  return new Resvg(svg, { ...options, font: { ...options.font, fontFiles: [...options.font.fontFiles] } })
    .render()
    .asPng();
}
