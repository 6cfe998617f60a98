import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s } from '../../harness/base/units.js';
import { runTable } from '../../harness/cli/table.js';
import { failoverDelay, noDuplicateCompletion, noRequestLost } from '../../harness/experiment/checks.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { collect } from '../../harness/run/collect.js';
import { judge } from '../../harness/run/judge/judge.js';
import { complete, failoversInWindow, summarise } from '../../harness/run/summarise.js';
import { damagedInput } from '../measure/damaged.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rsplab-collect-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The files of a damaged recording as a run would have left them, and what comes of them. */
async function outcomeOf(name: string) {
  const { plan: recorded, journal, capture, vectors, logs } = await damagedInput(name);
  const plan: Plan = {
    ...recorded,
    checks: [noRequestLost(), noDuplicateCompletion(), failoverDelay({ maxBelow: s(8) })],
  };
  const run = join(folder, name);
  await mkdir(join(run, 'logs'), { recursive: true });
  await writeFile(join(run, 'events.ndjson'), journal.map((event) => JSON.stringify(event)).join('\n'));
  await copyFile(capture as string, join(run, 'capture.pcapng'));
  for (const [user, path] of vectors) await copyFile(path, join(run, 'logs', `${user}.vec`));
  for (const [user, path] of logs) await copyFile(path, join(run, 'logs', `${user}.log`));
  const outcome = await collect(plan, run);
  const context = { on: 'uml', clock: 'real', versions: {}, replay: '' } as const;
  const numbers = summarise(plan, outcome, context);
  const summary = complete(numbers, judge(plan, numbers, outcome));
  const failovers = failoversInWindow(outcome);
  const finished = { folder: run, summary, failovers, takeovers: [], notes: outcome.notes };
  return { outcome, summary, table: runTable(plan, finished, { findings: [], report: 'report.html', trouble: null }) };
}

describe('a run', { timeout: 180_000 }, () => {
  it('whose capture is whole says nothing of holes', async () => {
    const { summary, table } = await outcomeOf('powerOff-1000');
    expect(summary).toMatchObject({ verdict: 'pass', failovers: { count: 5, open: 0 } });
    expect(summary.requests).toEqual({ queued: 19, completed: 16, lost: 0, open: 3 });
    expect(summary.holes).toBeUndefined();
    expect(table).not.toMatch(/hole|[Uu]ncertain/);
  });

  it('with a hole of ten seconds is unknown, and summary and table say why', async () => {
    const { summary, table } = await outcomeOf('powerOff-1000-hole');
    expect(summary.verdict).toBe('unknown');
    expect(summary.reasons).toContainEqual(expect.stringMatching(/^of 8 of 19 requests not all was seen/));
    expect(summary.reasons).toContainEqual(expect.stringMatching(/^nothing was captured for 1\d\.\d of 74\.6 s/));
    // What is certain is still counted: two of the five failovers.
    expect(summary.failovers).toMatchObject({ count: 2, open: 0, delay: { count: 2 } });
    expect(summary.holes).toMatchObject({ requests: 8, failovers: 1 });
    expect(summary.utilisation.percent).toBeNull();
    expect(table).toMatch(/Uncertain, because the capture has holes: 1 more failovers/);
    expect(table).toMatch(/Verdict: unknown/);
  });

  it('with one request of twenty-six in doubt is judged, but not what the hole may hide', async () => {
    const { outcome, summary } = await outcomeOf('powerOff-3000-no2044');
    expect(outcome.reasons).toEqual([]);
    expect(summary.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['noRequestLost', 'pass'],
      ['noDuplicateCompletion', 'unknown'],
      ['failoverDelay', 'pass'],
    ]);
  });

  it('with a capture of headers only is unknown', async () => {
    const { summary } = await outcomeOf('powerOff-3000-noframes');
    expect(summary.verdict).toBe('unknown');
    expect(summary.utilisation.percent).toBeNull();
  });
});
