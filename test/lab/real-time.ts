/**
 * Runs in real time. A machine that is busy with other things leaves a lab too little computing time: that is nobody's
 * failure, and proves nothing either.
 */
import { expect, type TestContext } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { type RealRun, runExperimentOn } from './rsplab.js';

/**
 * Runs an experiment in short on a lab; once more where it is unknown for want of computing time alone, and once more
 * where a check fails: RSPLIB's own chance cannot be seeded there, so a failure that is to be believed has to show in a
 * fresh run, too.
 */
export async function runConfirmed(lab: string, file: string, ...args: string[]): Promise<RealRun> {
  const fresh = () => undisturbed(() => runExperimentOn(lab, temporaryFolder(), file, ...args));
  const run = await fresh();
  if (run.summary.verdict !== 'fail') return run;
  const failed = run.summary.checks.filter(({ verdict }) => verdict === 'fail');
  console.log(`${file}: to be confirmed: ${failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
  return fresh();
}

async function undisturbed(run: () => Promise<RealRun>): Promise<RealRun> {
  const result = await run();
  const { experiment, reasons } = result.summary;
  if (reasons.length === 0 || brokenBy(result).length > 0) return result;
  console.log(`${experiment}: again, because ${reasons.join('; ')}`);
  return run();
}

/** Why a run cannot be trusted, but for a machine that was busy with other things. */
const brokenBy = ({ summary }: RealRun): string[] =>
  summary.reasons.filter((reason) => !reason.startsWith('the lab was overloaded'));

/**
 * Nothing broke; and a run that the machine left too little computing time says that it is unknown. What hangs on times
 * cannot be tested with it: the rest of the test is skipped, and says why.
 */
export function expectUndisturbed(run: RealRun, skip: TestContext['skip']): void {
  expect(brokenBy(run)).toEqual([]);
  const { reasons, verdict } = run.summary;
  if (reasons.length === 0) return;
  expect([verdict, run.exitCode]).toEqual(['unknown', 3]);
  skip(reasons.join('; '));
}
