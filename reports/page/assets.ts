/** The style sheet and the client scripts: plain files that nothing compiles, put into a page as they are. */
import { existsSync, readFileSync } from 'node:fs';

/** Beside this file in the sources; a compiled one looks for them there, because nothing copies them. */
const folder = [new URL('client/', import.meta.url), new URL('../../../reports/page/client/', import.meta.url)].find(
  (each) => existsSync(new URL('theme.css', each)),
);

export type ScriptName =
  | 'page.js'
  | 'tables.js'
  | 'figures.js'
  | 'timeline-keepalives.js'
  | 'timeline-paint.js'
  | 'timeline.js'
  | 'lists.js'
  | 'live.js';

export type StyleName = 'theme.css' | 'parts.css' | 'timeline.css' | 'media.css' | 'claims.css';

export const readStyleFile = (name: StyleName): string => readFileSync(new URL(name, folder), 'utf8');

/** One script of several files that share a scope, which is nobody else's. */
export const readScripts = (names: readonly ScriptName[]): string =>
  `'use strict';\n(() => {\n${names.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n')}})();\n`;
