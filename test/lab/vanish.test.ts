/** What is left of a run that is killed: nothing. */
import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { tolerableLoad } from '../../harness/calibrate/load.js';
import { labTest } from './available.js';
import { runInside } from './kernel.js';
import { expectNothingLeft, processesWith, startRun } from './leftovers.js';
import { commandLine, repository } from './rsplab.js';
import { watchSteal } from './steal.js';

describe('a run in a lab kernel', () => {
  labTest.each(['open', 'deploy', 'measure'])('leaves nothing 5 s after a SIGKILL during %s', async (phase) => {
    const run = startRun('uml');
    await run.reaches(phase);
    expect(processesWith(`umid=rsplab-${run.session()}`)).not.toEqual([]);
    await expectNothingLeft(run);
    expect(run.journal().length).toBeGreaterThan(0);
  });

  labTest('ends in good order at Ctrl-C: unknown, with results', async () => {
    const run = startRun('uml');
    await run.reaches('measure');
    run.child.kill('SIGINT');
    const { exitCode, stdout } = await run.child;
    expect(exitCode).toBe(3);
    expect(stdout).toContain('Verdict: unknown');
    expect(readdirSync(run.folder())).toContain('summary.json');
    expect(processesWith(`rsplab-${run.session()}`)).toEqual([]);
  });
});

labTest('a run on the running kernel leaves no namespace and no process 5 s after a SIGKILL', async ({ skip }) => {
  const stolenSince = watchSteal();
  const left = await runInside<{ before: number; seconds: number; namespaces: string[]; processes: string[] }>(
    'vanish',
    { commandLine, repository },
  );
  expect(left.before).toBeGreaterThan(0);
  expect(left).toMatchObject({ namespaces: [], processes: [] });
  const stolen = stolenSince();
  skip(
    left.seconds > 5 && stolen > tolerableLoad.stolen,
    `gone after ${left.seconds.toFixed(1)} s, with ${stolen.toFixed(0)} % of the CPUs stolen`,
  );
  expect(left.seconds).toBeLessThan(5);
});
