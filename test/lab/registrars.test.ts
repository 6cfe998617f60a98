/** Real registrars: a home of elements is killed, its peers take over, and it comes back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { registrarsAgree, s } from '../../harness/index.js';
import type { RehomingRow, ResolutionRow, TakeoverRow } from '../../harness/result/registrars.js';
import { collect } from '../../harness/run/collect.js';
import { judge } from '../../harness/run/judge/judge.js';
import { summarise } from '../../harness/run/summarise.js';
import { labTest } from './available.js';
import { castCell, expectSound, runExperiment } from './rsplab.js';

labTest('a registrar that is killed is taken over, elements and users go elsewhere, and all agree again', async () => {
  const run = await runExperiment('test/lab/experiments/registrars.ts');
  const { folder, summary, journal } = run;
  const rows = <T>(name: string): T[] => parse(readFileSync(join(folder, name)), { columns: true, cast: castCell });
  expectSound(run);

  const [takeover] = rows<TakeoverRow>('takeovers.csv');
  expect(takeover).toMatchObject({ faultKind: 'kill', expiredAt: null });
  expect(takeover!.takenOverBy).not.toBe(takeover!.registrar);
  // Missed when nothing was heard of it for a second, the last heartbeat included; then it has a second to answer.
  expect(takeover!.detection!).toBeGreaterThan(0);
  expect(takeover!.detection!).toBeLessThan(2);
  expect(takeover!.takeover! - takeover!.detection!).toBeGreaterThan(0.95);
  expect(takeover!.takeover!).toBeLessThan(5);
  const wire = JSON.parse(readFileSync(join(folder, 'wire.json'), 'utf8'));
  expect(wire.messages['enrp.initTakeover']).toBeGreaterThan(0);
  expect(wire.messages['enrp.initTakeoverAck']).toBeGreaterThan(0);

  const rehomings = rows<RehomingRow>('rehomings.csv');
  // Elements choose their home: it may have been that of all, or of one.
  expect(takeover!.elements).toBeGreaterThan(0);
  expect(rehomings).toHaveLength(takeover!.elements);
  expect(rehomings.every(({ newHome }) => newHome !== null && newHome !== takeover!.registrar)).toBe(true);

  const meanwhile = rows<ResolutionRow>('resolutions.csv').filter(({ faultId }) => faultId === takeover!.faultId);
  expect(meanwhile.length).toBeGreaterThan(0);
  expect(meanwhile.every(({ answeredAt }) => answeredAt !== null)).toBe(true);
  expect(summary.registrars).toMatchObject({
    takeovers: { count: 1 },
    rehomings: { count: takeover!.elements, open: 0 },
  });
  expect(summary.requests.completed).toBeGreaterThan(0);

  // Its next life learned the handlespace, and pe3, which never comes back, is missed by all.
  expect(summary.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['noRequestLost', 'pass'],
    ['registrarsAgree', 'pass'],
    ['poolAtFullStrength', 'fail'],
  ]);
  expect(summary.checks[2]!.detail).toContain('pr1 held 2');
  expect(journal.some((event) => event.event === 'faultHealed' && event.host === takeover!.registrar)).toBe(true);

  // No registrar hears of another within a millisecond.
  const plan = {
    ...JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')),
    checks: [registrarsAgree({ within: s(0.001) })],
  };
  const outcome = await collect(plan, folder);
  const context = { on: 'virtual', clock: 'virtual' as const, versions: {}, replay: '' };
  expect(judge(plan, summarise(plan, outcome, context), outcome)[0]!.verdict).toBe('fail');
});
