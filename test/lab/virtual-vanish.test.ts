/** What is left of a run in virtual time that is killed, at any moment: nothing but what can be read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { randomFrom } from '../../harness/base/random.js';
import { labTest } from './available.js';
import { expectNoTrace, expectNothingLeft, processesWith, startRun } from './leftovers.js';

// Seconds after the start: loading rsplab, going on from the snapshot, deploying, measuring. Seeded, so that who sees a
// failure can see it again; where in the run they fall depends on how busy the machine is.
const random = randomFrom(1, 'kills');
const moments = [2, 6, 12].map((longest) => Math.round(random.uniform() * longest * 10) / 10);

describe('of a run that gets a SIGKILL nothing is left after 5 s', () => {
  labTest.each(moments)('%d s after its start', async (seconds) => {
    const run = startRun('virtual');
    await sleep(seconds * 1e3);
    await expectNothingLeft(run);
  });

  labTest('in the middle of its measurement, and its journal so far can be read', async () => {
    const run = startRun('virtual');
    await run.reaches('measure');
    expect(processesWith(`rsplab-${run.session()}-`).join()).toContain('qemu');
    await expectNothingLeft(run);
    const lines = readFileSync(join(run.folder(), 'events.ndjson'), 'utf8').split('\n').filter(Boolean);
    // The last one may be half.
    expect(run.journal().length).toBeGreaterThanOrEqual(lines.length - 1);
    expect(run.journal().some((event) => event.event === 'begin')).toBe(true);
  });
});

labTest('ends in good order at Ctrl-C: unknown, with results so far', async () => {
  const run = startRun('virtual');
  await run.reaches('measure');
  run.child.kill('SIGINT');
  const { exitCode, stdout } = await run.child;
  expect(exitCode).toBe(3);
  expect(stdout).toContain('Verdict: unknown');
  expect(readdirSync(run.folder())).toEqual(expect.arrayContaining(['summary.json', 'report.html', 'capture.pcapng']));
  expect(existsSync(join(run.folder(), 'requests.csv'))).toBe(true);
  expectNoTrace(run);
});
