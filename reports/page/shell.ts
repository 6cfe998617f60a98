/** The shell of every page about results: it needs nothing but itself and what is beside it, and is allowed no more. */
import { createHash } from 'node:crypto';
import { readScripts, readStyleFile, type ScriptName } from './assets.js';
import { type Content, type Html, html, trusted } from './escape.js';
import { colourRules } from './palette.js';
import type { WritablePage } from './write.js';

export interface Page {
  readonly title: string;
  /** One sentence for whoever finds the page by its description. */
  readonly description: string;
  readonly header: Html;
  /** Sections of the page, in order; those that are null are left out. */
  readonly sections: readonly (Section | null)[];
  readonly footer: Content;
  readonly scripts: readonly ScriptName[];
  /** It may ask the server that it came from, and nobody else. @defaultValue false: it may ask nobody */
  readonly asksItsServer?: boolean;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
  /** Left out of the table of contents, which then names it nowhere. */
  readonly unlisted?: boolean;
}

/** The whole page as the text of one file. */
export const renderPage = (page: Page): string => pageOf(page).markup(null);

export function pageOf(page: Page): WritablePage {
  const style = readStyle();
  const script = readScripts(['page.js', ...page.scripts]);
  return { style, script, markup: (beside) => markupOf(page, beside === null ? { style, script } : beside) };
}

const readStyle = (): string =>
  [
    ...(['theme.css', 'parts.css', 'timeline.css'] as const).map(readStyleFile),
    colourRules(),
    readStyleFile('media.css'),
  ].join('');

/** @param where the style and the script themselves, or how the files beside the page are called */
function markupOf(page: Page, where: Inside | string): string {
  const { title, description, header, sections, footer, asksItsServer } = page;
  const shown = sections.filter((section): section is Section => section !== null);
  const beside = typeof where === 'string';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyFor(where, asksItsServer)}">
<meta name="description" content="${description}">
<meta name="generator" content="rsplab">
<title>${title}</title>
<link rel="icon" href="data:,">
${beside ? html`<link rel="stylesheet" href="${where}.css">` : html`<style>${trusted(where.style)}</style>`}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="page-header">${header}</header>
${contents(shown)}
<main id="content" tabindex="-1">
${shown.map(sectionMarkup)}
</main>
<footer class="page-footer">${footer}</footer>
${beside ? html`<script src="${where}.js"></script>` : html`<script>${trusted(where.script)}</script>`}
</body>
</html>
`.text;
}

/** Switches between the light and the dark theme; without scripts it is not there, and the system's choice holds. */
export const themeSwitch = (): Html =>
  html`<button type="button" class="theme-switch" data-theme-switch hidden>Dark theme</button>`;

const contents = (sections: readonly Section[]): Content =>
  sections.length > 3 &&
  html`<nav class="contents" aria-label="Contents"><ul>${sections
    .filter(({ unlisted }) => !unlisted)
    .map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;

const sectionMarkup = ({ id, title, body }: Section): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>
`;

interface Inside {
  readonly style: string;
  readonly script: string;
}

/**
 * Nothing is loaded from anywhere else, and no script runs but the page's own, even if one were smuggled into the page.
 * For a browser, what lies beside a page from disk is not always of the page's own origin, so its scheme is named.
 */
function policyFor(where: Inside | string, asksItsServer = false): string {
  const connect = asksItsServer ? " connect-src 'self';" : '';
  const [script, style] =
    typeof where === 'string' ? ["'self' file:", "'self' file:"] : [digestOf(where.script), "'unsafe-inline'"];
  return `default-src 'none';${connect} script-src ${script}; style-src ${style}; img-src data: blob:; base-uri 'none'; form-action 'none'`;
}

const digestOf = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
