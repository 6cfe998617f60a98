import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { colourRules, lightColour, withColours } from '../../../reports/page/palette.js';

const sheet = readFileSync('reports/page/client/theme.css', 'utf8');
const pairs = [...sheet.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, ...all]) => all as string[]);

describe('the palette', () => {
  it('is that of the style sheet', () => {
    expect(pairs.length).toBeGreaterThan(20);
    for (const [name, light] of pairs) expect(lightColour(name!)).toBe(light);
    expect(() => lightColour('mauve')).toThrow('theme.css has no colour mauve');
  });

  it('can be told apart by its light colours: what is alike there is alike in the dark', () => {
    const dark = new Map(pairs.map(([, light, other]) => [light, other]));
    for (const [name, light, other] of pairs) expect(dark.get(light), name).toBe(other);
  });

  it('puts colours in the place of names, in attributes alone', () => {
    const text = '=&quot;var(--line)&quot; currentColor var(--line)';
    const svg = `<svg fill="currentColor"><text stroke="var(--line)">${text}</text></svg>`;
    expect(withColours(svg)).toBe(`<svg fill="#1b1f23"><text stroke="#d8d4cc">${text}</text></svg>`);
  });

  it('gives each colour rules for the page’s theme', () => {
    expect(colourRules()).toContain('figure [fill="#0b5fa5"]{fill:var(--series-0)}');
  });
});
