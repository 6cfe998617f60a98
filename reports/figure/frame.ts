/** The picture around plots: SVG that stands on its own, with no style sheet, no script, no colour of any page. */
import { parseHTML } from '../page/plot.js';
import type { Panel } from './figure.js';

export type Document = ReturnType<typeof parseHTML>['document'];

/** What is needed of an element; the types of browsers are not at hand here. */
export interface Svg {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<{ remove(): void }>;
}

/** Where plots are made. */
export const newDocument = (): Document => parseHTML('<!doctype html><html><body></body></html>').document;

export const fontFamily = 'DejaVu Sans';
export const foreground = '#222222';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** What a reader who cannot see it is told. */
  readonly label: string;
  /** From top to bottom. */
  readonly parts: readonly { readonly svg: Svg; readonly y: number }[];
}

export function framed({ width, height, title, subtitle, label, parts }: Frame): string {
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="'${fontFamily}', Verdana, sans-serif" font-size="13" role="img"`,
    ` aria-label="${escapeXml(label)}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<g text-anchor="middle" fill="${foreground}">`,
    `<text x="${width / 2}" y="24" font-size="16">${escapeXml(title)}</text>`,
    `<text x="${width / 2}" y="46" font-size="14">${escapeXml(subtitle)}</text></g>`,
    ...parts.map(({ svg, y }) => nested(svg, y)),
    '</svg>\n',
  ].join('');
  return text.replaceAll('currentColor', foreground).replaceAll('var(--plot-background)', 'white');
}

function nested(svg: Svg, y: number): string {
  for (const style of svg.querySelectorAll('style')) style.remove();
  // Type comes from the picture around it, and as attributes: some readers allow no style.
  for (const name of ['class', 'style', 'font-family', 'font-size']) svg.removeAttribute(name);
  svg.setAttribute('y', String(y));
  return svg.outerHTML;
}

/** The axis' label without its unit. */
export const nameOfPanel = ({ label }: Panel): string => label.replace(/ \[.*/, '');

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and attributes of SVG and HTML alike. */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (each) => escapes[each]!);
