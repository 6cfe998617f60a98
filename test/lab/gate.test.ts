/** A gate on real components: builds that are unchanged, slower, faster, broken. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect } from 'vitest';
import { type GateResult, gateResultSchema } from '../../harness/gate/result.js';
import { temporaryFolder } from '../temporary.js';
import { labTest, labWorks } from './available.js';
import { commandLine, repository } from './rsplab.js';

const folder = labWorks ? temporaryFolder() : '';
const slow = 'rspserver=test/lab/programs/slow-rspserver';

async function gate(name: string, ...options: string[]) {
  const args = ['gate', 'test/lab/experiments/gated.ts', '--out', join(folder, name), '--json', ...options];
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
  const { exitCode, stdout, stderr } = await execa('node', [commandLine, ...args], {
    ...{ cwd: repository, env, reject: false },
  });
  const result = stdout.startsWith('{') ? gateResultSchema.parse(JSON.parse(stdout)) : null;
  return { exitCode, result: result!, stderr };
}
const metric = ({ points }: GateResult, name: string) => points[0]!.metrics.find((each) => each.metric === name)!;

describe('a gate in virtual time', () => {
  const baseline = join(folder, 'baseline.json');
  /** The folder of the gate that failed. */
  let slowGate: string;
  beforeAll(async () => {
    if (!labWorks) return;
    await gate('update', '--update', '--baseline', baseline);
  });

  labTest('passes an unchanged RSPLIB by identity, in one run', async () => {
    const { exitCode, result } = await gate('identical', '--baseline', baseline);
    expect(exitCode).toBe(0);
    expect(result.points[0]).toMatchObject({ verdict: 'pass', identical: true });
    expect(result.points[0]!.runs).toHaveLength(1);
  });

  labTest('fails an element that answers 100 ms later, and names metric and stage', async () => {
    const exported = join(folder, 'exported');
    const { exitCode, result, stderr } = await gate(
      'slow',
      '--baseline',
      baseline,
      '--with',
      slow,
      '--export',
      exported,
    );
    expect(exitCode).toBe(1);
    expect(metric(result, 'connection.mean').verdict).toBe('fail');
    // Users find another element as they did.
    expect(metric(result, 'selection.mean').verdict).not.toBe('fail');
    expect(result.versions.rspserver).toMatch(/^build [0-9a-f]{12}$/);
    expect(stderr).toMatch(/^::error title=.*connection/m);
    slowGate = join(folder, 'slow/gate', readdirSync(join(folder, 'slow/gate'))[0]!);
    const junit = readFileSync(join(exported, 'junit.xml'), 'utf8');
    expect(junit).toMatch(/<testcase[^>]*name="[^"]*connection[^"]*mean[^"]*"[^>]*>\s*<failure/);
    expect(readFileSync(join(exported, 'report.html'), 'utf8')).toContain('--with rspserver=');
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('connection');
  });

  labTest('passes a faster one, and says so', async () => {
    // As if the slow one had been meant to be so, and then was mended.
    const why = ['--why', 'every answer is signed now', '--from', slowGate];
    const { exitCode } = await gate('accept', '--baseline', baseline, '--accept', 'connection', ...why);
    expect(exitCode).toBe(0);
    const { result, ...faster } = await gate('faster', '--baseline', baseline);
    expect(metric(result, 'connection.mean')).toMatchObject({ verdict: 'pass', improved: true });
    expect(faster.exitCode).toBe(0);
  });

  labTest('cannot say where the components do not even start', async () => {
    const { exitCode, result } = await gate(
      'broken',
      '--baseline',
      baseline,
      '--with',
      'rspserver=test/lab/programs/no-rspserver',
    );
    expect(exitCode).toBe(3);
    expect(result.points[0]!.reasons.join()).toMatch(
      /pe\d \(.*rspserver\) ended unexpectedly with exit code 1: .*out of order/,
    );
  });
});
