/** The style sheet and the client scripts: plain files that nothing compiles, put into a page as they are. */
import { existsSync, readFileSync } from 'node:fs';

/** Beside this file in the sources; a compiled one looks for them there, because nothing copies them. */
const folder = [new URL('client/', import.meta.url), new URL('../../../reports/page/client/', import.meta.url)].find(
  (each) => existsSync(new URL('theme.css', each)),
);

export type ScriptName = 'page.js' | 'tables.js' | 'figures.js' | 'timeline.js' | 'timeline-view.js' | 'lists.js';

export const readStyles = (): string => readFileSync(new URL('theme.css', folder), 'utf8');

/** Scripts are classic ones in strict mode, each within its own scope. */
export const readScripts = (names: readonly ScriptName[]): string =>
  names.map((name) => `(() => {\n${readFileSync(new URL(name, folder), 'utf8')}})();\n`).join('');
