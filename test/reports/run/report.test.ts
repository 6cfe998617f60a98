import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRunReport } from '../../../reports/run/report.js';
import { small } from '../experiments.js';
import { changedRun, makeResults, removeResults, simulatedRun } from '../run-folder.js';

let results: string;
let folder: string;
let page: string;

beforeAll(async () => {
  results = makeResults();
  folder = await simulatedRun(results, small);
  page = readFileSync(writeRunReport(folder), 'utf8');
});
afterAll(() => removeResults(results));

const textOf = (markup: string) =>
  markup
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the report of a run', () => {
  it('is written into the run’s folder under its name, with nothing left over', () => {
    expect(existsSync(join(folder, 'report.html'))).toBe(true);
    expect(existsSync(join(folder, 'report.html.part'))).toBe(false);
  });

  it('goes from the question to the way to repeat it', () => {
    const ids = [...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([
      ...['question', 'verdict', 'topology', 'timeline', 'failovers', 'distributions'],
      ...['comparison', 'faults', 'checks', 'reproduce'],
    ]);
  });

  it('quotes the experiment’s header, the verdict, and the command that repeats the run', () => {
    const text = textOf(page);
    expect(text).toContain('Does the report say what happened?');
    expect(text).toContain('Expectation: it does.');
    expect(text).toMatch(/Pass\s+Both checks hold/);
    expect(text).toContain('rsplab run experiments/test.ts --on sim --seed 1');
  });

  it('gives each headline number its unit and n, and an interval where there is one', () => {
    const text = textOf(page);
    expect(text).toMatch(/Failover delay, mean [\d.]+ m?s n = \d+ failovers?/);
    expect(text).toMatch(/Handling speed [\d.]+ % of a pool element’s capacity; n = \d+ requests 95 % interval/);
    expect(text).toMatch(/Requests completed \d+ of \d+ \d+ not finished when the run ended \d+ lost/);
  });

  it('refers to nothing outside of itself but files beside it', () => {
    const links = [...page.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, target]) => target!);
    expect(links.filter((target) => !/^(#[\w-]*|data:,|[\w.-]+)$/.test(target))).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('gives every figure a text alternative, and a legend’s colours a name', () => {
    const pictures = [...page.matchAll(/<svg [^>]*>/g)].map(([tag]) => tag);
    const figures = pictures.filter((tag) => !tag.includes('class="swatch"'));
    expect(figures.length).toBeGreaterThanOrEqual(12);
    for (const tag of figures) expect(tag).toMatch(/role="img" aria-label="[^"]{20,}"/);
    const samples = page.match(/<li><svg class="swatch"[^>]*aria-hidden="true">.*?<\/svg> \w[^<]+<\/li>/g);
    expect(samples).toHaveLength(pictures.length - figures.length);
  });
});

describe('a run that is unknown', () => {
  it('says why in plain words, above everything else', () => {
    const broken = changedRun(folder, 'broken', {
      'summary.json': (text) =>
        JSON.stringify({ ...JSON.parse(text), verdict: 'unknown', reasons: ['timers were 2 s late'] }),
    });
    const text = textOf(readFileSync(writeRunReport(broken), 'utf8'));
    expect(text).toMatch(/Unknown Something went wrong with the lab.*timers were 2 s late/);
    expect(text.indexOf('timers were 2 s late')).toBeLessThan(text.indexOf('Failover delay, mean'));
  });

  it('has a report when it was cut short: with what is known, and no numbers', () => {
    const cut = changedRun(folder, 'cut', {
      'summary.json': () => null,
      'requests.csv': () => null,
      'failovers.csv': () => null,
      'events.ndjson': (text) => `${text.split('\n').slice(0, 3).join('\n')}\n{"time":3,"eve`,
    });
    const text = textOf(readFileSync(writeRunReport(cut), 'utf8'));
    expect(text).toContain('This run never came to its end');
    expect(text).toContain('its last phase was warmUp');
    expect(text).not.toContain('Handling speed');
  });

  it('has one also when a file of it is damaged, and says which', () => {
    const damaged = changedRun(folder, 'damaged', { 'requests.csv': () => 'user,id\n"pu1' });
    expect(textOf(readFileSync(writeRunReport(damaged), 'utf8'))).toContain('requests.csv');
  });
});

it('says what never finished, as such', () => {
  const open = changedRun(folder, 'open', {
    'failovers.csv': (text) => {
      const [head, row] = text.split('\n') as [string, string];
      const columns = head.split(',');
      const cells = row.split(',').map((cell, index) => {
        if (['newElement', 'connectedAt', 'resumedAt', 'delay', 'connection', 'resumption'].includes(columns[index]!))
          return '';
        return columns[index] === 'phase' ? 'running' : cell;
      });
      return `${head}\n${cells.join(',')}\n`;
    },
  });
  const text = textOf(readFileSync(writeRunReport(open), 'utf8'));
  expect(text).toContain('never resumed');
});

it('refuses a folder that holds no run', () => {
  expect(() => writeRunReport(results)).toThrow(/expected a run with plan.json/);
});
