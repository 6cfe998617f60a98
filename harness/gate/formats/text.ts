/** Text that others parse: what a format cannot hold is taken out here. */
import { stripVTControlCharacters } from 'node:util';

/** No colours of a terminal, and no character that XML 1.0 forbids: a file that cannot be parsed looks like a pass. */
export const harmless = (text: string): string =>
  stripVTControlCharacters(text)
    // Lone halves of surrogate pairs are no characters at all.
    .replace(/\p{Surrogate}/gu, '?')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');

/** A name as OpenMetrics, and the columns of tables, take it. */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();

/** Six digits: as fine as anything here is known, and the same text for what is the same to everybody. */
export const rounded = (value: number): number => Number(value.toPrecision(6));
