/**
 * The style sheet's colours, for figures that have to do without it. Figures are drawn with the names of colours
 * (`var(--series-0)`). In the page, marks carry the light theme's colours themselves, so they are what they should be
 * where a policy or a reader keeps the style sheet away; where it applies, its rules turn them into the theme's.
 */
import { readStyleFile } from './assets.js';

const sheet = readStyleFile('theme.css');

const light: ReadonlyMap<string, string> = new Map(
  [...sheet.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), #[0-9a-f]{6}\);/g)].map(([, name, colour]) => [
    name!,
    colour!,
  ]),
);

/** The page's fonts, as an attribute of SVG wants them. */
export const fontFamily: string = /--sans: ([^;]*);/.exec(sheet)![1]!.replaceAll('"', "'");

/** The light theme's colour of that name, e.g. `ink`. @throws Error for a name that the style sheet does not have */
export function lightColour(name: string): string {
  const colour = light.get(name);
  if (colour === undefined) throw new Error(`theme.css has no colour ${name}`);
  return colour;
}

/** Puts colours in the place of their names; `currentColor` is that of text. @param svg markup; its text is left alone */
export const withColours = (svg: string): string =>
  svg.replace(/="(?:var\(--([\w-]+)\)|currentColor)"/g, (_, name: string = 'ink') => `="${lightColour(name)}"`);

/** Rules that turn the light theme's colours into those of the page's theme. */
export const colourRules = (): string =>
  [...light]
    .flatMap(([name, colour]) =>
      ['fill', 'stroke'].map((property) => `figure [${property}="${colour}"]{${property}:var(--${name})}\n`),
    )
    .join('');
