import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { drawPanel } from '../../../reports/figure/draw.js';
import { type Series, speedPanel } from '../../../reports/figure/figure.js';
import { pngOf } from '../../../reports/figure/png.js';
import { styleOf } from '../../../reports/figure/style.js';

const policies = ['LeastUsed', 'RoundRobin', 'Random'];
const series: Series[] = policies.flatMap((policy, p) =>
  [1, 10, 100].map((curve, index) => ({
    ...{ policy, index, curve },
    points: [0, 1, 2, 3].map((x) => {
      const mean = 80 - 20 * p - 5 * index - x;
      return { x, mean, low: mean - 1, high: mean + 1, n: 24 };
    }),
  })),
);
const drawing = {
  title: 'Figure 8. <script>alert("&")</script>',
  x: { name: 'x', label: 'Clean shutdown probability [%]' },
  curve: { name: 'curve', label: 'interval [s]' },
  ...{ panel: speedPanel, series },
};
const svg = drawPanel(drawing);
const { document } = parseHTML(`<html><body>${svg}</body></html>`);
const [plot, legend] = [...document.querySelectorAll('svg svg')];

describe('a panel', () => {
  test('has a line, an interval per point and a symbol per point for each of nine curves', () => {
    expect(plot!.querySelectorAll('g[aria-label="line"] path')).toHaveLength(9);
    expect(plot!.querySelectorAll('g[aria-label="dot"] path, g[aria-label="dot"] circle')).toHaveLength(9 * 4);
    expect(plot!.querySelectorAll('g[aria-label="rule"] line')).toHaveLength(9 * 4);
  });

  test('names axes and curves', () => {
    const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts).toEqual(
      expect.arrayContaining(['Average request handling speed', drawing.x.label, speedPanel.label]),
    );
    const names = [...legend!.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(names).toHaveLength(1 + 9);
    expect(names).toContain('Round Robin, 100');
  });

  test('stands on its own: no style sheet, script or colour of a page, everything escaped', () => {
    expect(svg).not.toMatch(/<style|<script|currentColor|var\(|class=|style=/);
    expect(svg).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
  });

  test('is the same every time', () => {
    expect(drawPanel(drawing)).toBe(svg);
  });

  test('can be told apart without colour: each curve has its own symbol or filling, and each policy its dashes', () => {
    const styles = series.map(styleOf);
    expect(new Set(styles.map(({ symbol, fill }) => `${symbol} ${fill === 'white'}`)).size).toBe(9);
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(3);
  });

  test('becomes a picture of twice the size, with text that is drawn', () => {
    const png = Buffer.from(pngOf(svg));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(2 * 760);
    const wordless = pngOf(svg.replace(/(<text[^>]*>)[^<]*/g, '$1'));
    expect(wordless.length).toBeLessThan(0.8 * png.length);
  });
});
