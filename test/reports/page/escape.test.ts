import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { html, jsonInScript } from '../../../reports/page/escape.js';
import { tableMarkup } from '../../../reports/page/table.js';

const hostile = `</script><img src=x onerror="alert(1)">'\`&`;

describe('markup', () => {
  it('escapes what is put into it, in elements and in attributes', () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.text).not.toMatch(/<img|<\/script|" onerror|"alert/);
    expect(html`<b>${'a < b & c'}</b>`.text).toBe('<b>a &lt; b &amp; c</b>');
  });

  it('leaves markup that was made the same way as it is, also in lists, and says nothing for nothing', () => {
    expect(html`<ul>${[1, 2].map((it) => html`<li>${it}</li>`)}${null}${false}${undefined}</ul>`.text).toBe(
      '<ul><li>1</li><li>2</li></ul>',
    );
    expect(html`${0}`.text).toBe('0');
  });

  it('carries JSON that cannot end its script element', () => {
    const text = jsonInScript({ name: hostile, line: '\u2028' }).text;
    expect(text).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(text)).toEqual({ name: hostile, line: '\u2028' });
  });
});

describe('a table', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `${hostile}${index}`, n: index }));
  const table = (count: number) =>
    tableMarkup({
      ...{ id: 't', file: 'f', caption: 'c', rows: rows(count) },
      columns: [
        { key: 'name', label: 'name', unit: 'text', value: ({ name }) => name },
        { key: 'n', label: 'n', unit: 'count', value: ({ n }) => n },
        { key: 'secret', label: '', unit: 'count', csvOnly: true, value: ({ n }) => n * 1000 + 7 },
      ],
    }).text;

  it('shows every row of a short one, and of a long one the first ones only', () => {
    expect(table(60).match(/<tr>/g)).toHaveLength(61);
    expect(table(61).match(/<tr>/g)).toHaveLength(26);
  });

  it('escapes what it shows, and shows nothing that is for the file alone', () => {
    expect(table(3)).not.toMatch(/<img|>1007</);
    expect(table(3)).toContain('&lt;img');
  });

  it('carries its rows for the file: integers to the last digit, however large, others to the microsecond', () => {
    const markup = tableMarkup({
      ...{ id: 't', file: 'f', caption: 'c', rows: [259_230_787_961_233, 0.123_456_789, null] },
      columns: [{ key: 'it', label: 'it', unit: 'number', value: (it) => it }],
    }).text;
    const [, blob] = /<script type="application\/gzip"[^>]*>([^<]*)</.exec(markup)!;
    const data = JSON.parse(gunzipSync(Buffer.from(blob!, 'base64')).toString());
    expect(data.columns).toEqual([[259_230_787_961_233, 0.123_457, null]]);
  });
});
