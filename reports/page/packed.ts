/** Data that a page carries for its script: compressed, so that an hour of a hundred users stays small. */
import { gzipSync } from 'node:zlib';
import { type Html, html } from './escape.js';

/** @param id by which the script finds it */
export const packed = (id: string, data: unknown): Html =>
  html`<script type="application/gzip" id="${id}">${gzipSync(JSON.stringify(data), { level: 9 }).toString('base64')}</script>`;
