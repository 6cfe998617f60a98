/**
 * Text becomes HTML in one place: here. Whatever comes from outside (names, logs, versions, reasons) is put into a
 * template and comes out harmless; only what a template has made passes as it is.
 */

/** Markup that is safe to be put into a page. Made by {@link html} only. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** A template for markup: everything put into it is escaped, except markup that was made the same way. */
export const html = (strings: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(strings.reduce((text, string, index) => text + contentText(contents[index - 1]) + string));

/** Escapes text for elements and for quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"'`]/g, (found) => entities[found]!);

/**
 * Markup from a program that escapes by itself, as Plot and linkedom do.
 * @param markup never anything that holds unescaped text from outside
 */
export const trusted = (markup: string): Html => new Html(markup);

/** JSON for a `<script type="application/json">`: no text in it can end the element or open a comment. */
export const jsonInScript = (value: unknown): Html =>
  new Html(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (found) => unicodeEscape(found)));

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function contentText(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(contentText).join('');
  return escapeHtml(String(content));
}

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
