/** The shell of every page that rsplab writes: one file that needs nothing but itself, and is allowed nothing else. */
import { createHash } from 'node:crypto';
import { readScripts, readStyles, type ScriptName } from './assets.js';
import { type Content, type Html, html, trusted } from './escape.js';

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

/** The whole page as the text of a file. */
export function renderPage({ title, description, header, sections, footer, scripts, asksItsServer }: Page): string {
  const shown = sections.filter((section): section is Section => section !== null);
  const script = readScripts(['page.js', ...scripts]);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script, asksItsServer)}">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<meta name="generator" content="rsplab">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(readStyles())}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="page-header">${header}</header>
${contents(shown)}
<main id="content" tabindex="-1">
${shown.map(sectionMarkup)}
</main>
<footer class="page-footer">${footer}</footer>
<script>${trusted(script)}</script>
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

/** Nothing is loaded from anywhere, and no script runs but this one, even if one were smuggled into the page. */
function policyFor(script: string, asksItsServer = false): string {
  const connect = asksItsServer ? " connect-src 'self';" : '';
  const digest = createHash('sha256').update(script).digest('base64');
  return `default-src 'none';${connect} script-src 'sha256-${digest}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
}
