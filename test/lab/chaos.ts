import { expect } from 'vitest';
import type { RealRun } from './rsplab.js';

/**
 * A run under chaos can be trusted, hit what it meant to, and fails no check; one that does is told with what failed and
 * how to run the very same schedule again. A check that had nothing to judge, e.g. because there was no failover, is no
 * failure.
 */
export function expectToSurvive({ summary, folder, exitCode }: RealRun): void {
  const failed = summary.checks.filter(({ verdict }) => verdict === 'fail');
  const again = `${summary.replay}\n  rsplab run ${folder}/plan.json --on ${summary.on}\n  rsplab shrink ${folder}`;
  const told = failed.map(({ name, detail }) => `${name}: ${detail}`).join('\n');
  expect(summary.reasons, `seed ${summary.seed} is unknown; again:\n  ${again}`).toEqual([]);
  expect(summary.faults.length).toBeGreaterThan(2);
  for (const { kind, target, evidence, healedAt } of summary.faults) {
    expect(evidence, `${kind} on ${target} took effect`).not.toBeNull();
    expect(healedAt, `${kind} on ${target} was healed`).not.toBeNull();
  }
  expect(failed, `seed ${summary.seed}\n${told}\nAgain:\n  ${again}\n`).toEqual([]);
  expect(exitCode).toBe(summary.verdict === 'pass' ? 0 : 3);
}
