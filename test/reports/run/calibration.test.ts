import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareLine } from '../../../harness/calibrate/line.js';
import { quoteOf } from '../../../harness/calibrate/store.js';
import type { CalibrationQuote } from '../../../harness/result/calibration.js';
import type { Summary } from '../../../harness/result/summary.js';
import { writeRunReport } from '../../../reports/run/report.js';
import { small } from '../experiments.js';
import { changedRun, makeResults, removeResults, simulatedRun } from '../run-folder.js';

let results: string;
let folder: string;

beforeAll(async () => {
  results = makeResults();
  folder = await simulatedRun(results, small);
});
afterAll(() => removeResults(results));

function sectionOf(id: string, parts: Partial<Summary>): string {
  const changed = changedRun(folder, id, {
    'summary.json': (text) => JSON.stringify({ ...JSON.parse(text), on: 'uml', ...parts }),
  });
  const page = readFileSync(writeRunReport(changed), 'utf8');
  return /<section id="instruments"[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
}

const quote: CalibrationQuote = {
  command: 'rsplab calibrate --on uml',
  quoted: {
    ...{ date: '2026-11-23T23:37:00.000Z', form: 'full', hash: '0123456789ab', verdict: 'outside' },
    outside: ['<b>link</b> cut'],
    lines: [
      { ...shareLine({ key: 'x', what: 'loss of 5 %', asked: 5, tolerance: 1 }, 500, 10_000) },
      { ...shareLine({ key: 'y', what: '<script>alert(1)</script>', asked: 5, tolerance: 1 }, 9, 10) },
    ],
  },
};

describe('the report of a run on a lab', () => {
  it('quotes the calibration that fits: date, fingerprint, numbers with n and interval, what is not within', () => {
    const section = sectionOf('quoted', { calibration: quote });
    expect(section).toContain('2026-11-23 23:37 UTC (full form, fingerprint <code>0123456789ab</code>)');
    expect(section).toMatch(/loss of 5 %<\/td>.*5 %.*5 %.*4\.5\d+ % … 5\.4\d+ %.*10,000.*1 %.*within/s);
    expect(section).toContain('<td>outside</td>');
  });

  it('escapes whatever a calibration’s file holds', () => {
    const section = sectionOf('escaped', { calibration: quote });
    expect(section).toContain('&lt;b&gt;link&lt;/b&gt; cut');
    expect(section).not.toContain('<script>alert');
  });

  it('says that there is none, and how to get one', () => {
    const section = sectionOf('never', { calibration: quoteOf('uml', undefined) });
    expect(section).toContain('was never calibrated on this machine');
    expect(section).toContain('<code>rsplab calibrate --on uml</code>');
  });

  it('tells how busy the lab was', () => {
    const load = { seconds: 44, busy: 21.5, waited: 0.4, stolen: 0.1 };
    expect(sectionOf('busy', { load })).toContain(
      '44 s in all, the lab kernel used its CPU 21.5 % of the time and waited for it 0.4 % of the time',
    );
    expect(sectionOf('here', { load: { ...load, waited: null } })).toContain('all CPUs together were busy 21.5 %');
  });

  it('of a simulation has no such section', () => expect(sectionOf('none', {})).toBe(''));
});
