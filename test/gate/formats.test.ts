import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { githubAnnotations, githubSummary, mostAnnotations } from '../../harness/gate/formats/github.js';
import { junitXml } from '../../harness/gate/formats/junit.js';
import { headline, markdown } from '../../harness/gate/formats/markdown.js';
import { actionBenchmark, bencher, openMetrics } from '../../harness/gate/formats/metrics.js';
import { harmless } from '../../harness/gate/formats/text.js';
import type { GateResult } from '../../harness/gate/result.js';
import { around, gateResult, pointResult, side } from './cases.js';

const steady = (count: number, from = 0) => ({
  'resumption.mean': around(0.02, 0.05, count, from),
  handlingSpeed: around(60, 0.05, count, from),
});
const pass = Array(24).fill('pass');
const good = pointResult(
  'calm',
  side(steady(24), { checks: { noRequestLost: pass } }),
  side(steady(8, 50), { checks: { noRequestLost: pass.slice(0, 8) } }),
);
const slow = { ...steady(16, 50), 'resumption.mean': around(0.05, 0.05, 16, 50) };
const bad = pointResult('slow, keepAlive 1', side(steady(24)), side(slow));
const open = pointResult(
  'open',
  side({ handlingTime: around(1, 0.6, 24) }),
  side({ handlingTime: around(1.1, 0.6, 24, 50) }),
);
const empty = pointResult('nothing at all', side({}), side({}), {
  verdict: 'unknown',
  reasons: ['there was nothing to judge'],
});
const broken = pointResult(
  'odd <name> & "quotes" \u001b[31mred\u001b[0m \u0000 ]]> \ud800',
  side(steady(24)),
  side(steady(8, 50)),
  {
    verdict: 'unknown',
    reasons: ['the \u0007 lab\nbroke <badly>'],
  },
);

const schema = readFileSync(fileURLToPath(new URL('../fixtures/junit/junit.xsd', import.meta.url)), 'utf8');
const validated = (xml: string) => validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
const casesIn = (xml: string) => [
  ...xml.matchAll(/<testcase [^>]*?name="([^"]*)" time="([^"]*)"[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g),
];

describe('JUnit', () => {
  it.each<[string, GateResult]>([
    ['a pass', gateResult([good])],
    ['a failure', gateResult([good, bad, open])],
    ['no metric and no check', gateResult([empty])],
    ['no point', gateResult([])],
    ['names and reasons with what XML forbids', gateResult([broken])],
    ['an interrupted gate', gateResult([pointResult('begun', side(steady(24)), side({}))], { state: 'interrupted' })],
  ])('is valid for %s', async (_, result) => {
    const xml = junitXml(result);
    expect((await validated(xml)).errors).toEqual([]);
  });

  it('is not found valid when it is not', async () => {
    expect((await validated(junitXml(gateResult([good])).replace('<testcase ', '<tescase '))).valid).toBe(false);
    expect((await validated(junitXml(gateResult([good])).replace(/time="\d/, 'time="1e-7'))).valid).toBe(false);
  });

  it('has a case for the runs, each metric and each check, with failures, errors and skipped ones', () => {
    const xml = junitXml(gateResult([good, bad, open]));
    const names = casesIn(xml).map(([, name]) => name);
    expect(names.filter((name) => name === 'runs')).toHaveLength(3);
    expect(names).toContain('resumption.mean');
    expect(names).toContain('check noRequestLost');
    expect(casesIn(xml).find(([text, name]) => name === 'resumption.mean' && text.includes('<failure'))?.[0]).toMatch(
      /<failure message="resumption, mean\. Worse: .*confirmed by 8 fresh runs\." type="fail">[\s\S]*rsplab run e\.ts --seed 100/,
    );
    expect(xml).toMatch(/name="handlingTime" time="0">\s*<error message="handling time, mean\. Cannot say: /);
    expect(xml).toMatch(/name="takeover" time="0">\s*<skipped\/>/);
    expect(xml).toMatch(/<testsuite name="calm on sim" [^>]*failures="0" errors="0"/);
    expect(xml).toMatch(/<testsuite name="slow, keepAlive 1 on sim" [^>]*failures="1"/);
  });

  it('tells times in seconds: eight runs of 1.25 s are 10 s', () => {
    expect(junitXml(gateResult([good]))).toMatch(/name="runs" time="10"/);
  });

  it('is there when nothing was judged, and unknown is an error', () => {
    const xml = junitXml(gateResult([empty]));
    expect(casesIn(xml)[0]![0]).toMatch(
      /name="runs"[\s\S]*<error message="there was nothing to judge" type="unknown">/,
    );
  });

  it('keeps what names say, without colours and control characters', () => {
    const xml = junitXml(gateResult([broken]));
    expect(xml).toContain('odd &lt;name> &amp; &quot;quotes&quot; red  ]]> ? on sim');
    expect(xml).toContain('message="the  lab');
  });
});

it('text is harmless: no colours, no control characters, no half characters; all else stays', () => {
  expect(harmless('\u001b[1mbold\u001b[22m\u0000\u000b é 漢 😀 \udc00\ttab\nline')).toBe('bold é 漢 😀 ?\ttab\nline');
});

describe('GitHub', () => {
  it('gets an error for what fails, a warning for what cannot be said, nothing for what passes', () => {
    const lines = githubAnnotations(gateResult([good, bad, open]));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^::error title=slow%2C keepAlive 1%3A resumption%2C mean::Worse: .*\+25 %25|^::error title=/,
    );
    expect(lines[0]).toContain('%25');
    expect(lines[1]).toMatch(/^::warning title=open%3A handling time%2C mean::Cannot say/);
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  });

  it('gets at most ten of a kind, the last of which counts the rest', () => {
    const many = gateResult(Array.from({ length: 14 }, () => bad));
    const lines = githubAnnotations(many);
    expect(lines).toHaveLength(mostAnnotations);
    expect(lines.at(-1)).toContain('and 5 more');
  });

  it('gets a notice of what got better', () => {
    const better = pointResult(
      'quick',
      side(steady(24)),
      side({ ...steady(8, 50), 'resumption.mean': around(0.01, 0.05, 8) }),
    );
    expect(githubAnnotations(gateResult([better]))[0]).toMatch(/^::notice .*Better: /);
  });

  it('gets a summary of less than a mebibyte, cut at a line', () => {
    expect(githubSummary('short')).toBe('short');
    const cut = githubSummary('a line of text é\n'.repeat(100_000));
    expect(Buffer.byteLength(cut)).toBeLessThan(1024 * 1024);
    expect(cut).toMatch(/a line of text é\n\nCut here/);
  });
});

describe('Markdown', () => {
  it('says the verdict, the metric and the change first, and folds what passes', () => {
    const text = markdown(gateResult([good, bad]));
    expect(text).toMatch(/^## rsplab gate: ❌ fail\n\nWorse: resumption \(slow, keepAlive 1\)\./);
    expect(text).toMatch(/\| resumption, mean \| 2\d.*ms \| .*ms \| \+1\d\d \\\[.*\| \+10 % \| ❌ fail \|/);
    expect(text).toMatch(/<summary>2 metrics are no worse/);
    expect(text).toContain('rsplab gate e.ts');
  });

  it('lets no name end a cell, begin markup or call somebody', () => {
    const odd = pointResult('a|b <script> @you [x](y)', side(steady(24)), side(steady(8, 50)));
    expect(markdown(gateResult([odd]))).toContain('### a\\|b \\<script\\> \\@you \\[x\\](y): ✅ pass');
  });

  it('has one sentence for every outcome', () => {
    expect(headline(gateResult([good]))).toBe('Nothing is worse.');
    expect(headline(gateResult([bad]))).toBe('Worse: resumption (slow, keepAlive 1).');
    expect(headline(gateResult([open]))).toBe('Cannot say: handling time (open).');
    expect(headline(gateResult([empty]))).toBe('The lab broke: there was nothing to judge.');
    expect(headline(gateResult([{ ...good, identical: true }]))).toMatch(/^Nothing changed/);
  });
});

describe('numbers for others', () => {
  it('are OpenMetrics text: typed families, escaped labels, six digits, an end', () => {
    const odd = { ...good, name: 'a "quoted" \\ name\nof two lines' };
    const lines = openMetrics(gateResult([good, odd])).split('\n');
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    const own = lines.filter((line) => line.includes('resumption_mean'));
    expect(own[0]).toBe('# TYPE rsplab_resumption_mean_seconds gauge');
    expect(own[1]).toMatch(/^rsplab_resumption_mean_seconds\{point="calm"\} 0\.0\d{1,7}$/);
    expect(own[2]).toContain('{point="a \\"quoted\\" \\\\ name\\nof two lines"}');
    // A family's samples stand together (OpenMetrics 1.0, section 4.4).
    expect(lines.filter((line) => line.startsWith('# TYPE')).length).toBe(
      new Set(lines.filter((line) => line.startsWith('# TYPE'))).size,
    );
  });

  it('are Bencher’s metric format', () => {
    const { calm } = JSON.parse(bencher(gateResult([good])));
    expect(calm.resumption_mean_seconds.lower_value).toBeLessThan(calm.resumption_mean_seconds.value);
    expect(calm.resumption_mean_seconds.upper_value).toBeGreaterThan(calm.resumption_mean_seconds.value);
    expect(Object.keys(calm)).toEqual(['resumption_mean_seconds', 'handling_speed_percent']);
  });

  it('are what github-action-benchmark takes, in a file for each direction', () => {
    const smaller = JSON.parse(actionBenchmark(gateResult([good]), 'lower'));
    const bigger = JSON.parse(actionBenchmark(gateResult([good]), 'higher'));
    expect(smaller).toEqual([
      {
        name: 'calm: resumption, mean',
        unit: 's',
        value: expect.any(Number),
        range: expect.stringMatching(/^± \d/),
        extra: '8 runs',
      },
    ]);
    expect(bigger.map(({ name }: { name: string }) => name)).toEqual(['calm: handling speed']);
  });
});
