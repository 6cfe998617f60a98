/** The built command line, and the shell parts of the files for CI systems, as processes of their own. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportNames } from '../../harness/gate/exports.js';
import { gateResultSchema } from '../../harness/gate/result.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/harness/cli/main.js');
const experiment = join(root, 'experiments/element-power-off.ts');
// Several processes of Node.js on a machine that does other things, too.
const patient = 300_000;

let top: string;
const environment = () => ({ RSPLAB_CACHE: join(top, 'cache'), GITHUB_ACTIONS: '', GITHUB_SHA: '' });
const rsplab = (args: string[], env: Record<string, string> = {}) =>
  execa('node', [main, 'gate', ...args], { cwd: top, reject: false, env: { ...environment(), ...env } });

/** The baseline as another program would have left it: its resumption took two fifths of the time. */
function otherBaseline(name: string): string {
  const stored = JSON.parse(readFileSync(join(top, 'baseline.json'), 'utf8'));
  for (const point of stored.points) {
    point.fingerprint = null;
    for (const metric of ['resumption.mean', 'resumption.p95', 'resumption.max'])
      point.values[metric] = point.values[metric].map((value: number | null) => value && value * 0.4);
  }
  writeFileSync(join(top, name), JSON.stringify(stored));
  return name;
}

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'gate-command-'));
  const made = await rsplab([
    experiment,
    '--update',
    '--on',
    'sim',
    '--baseline',
    'baseline.json',
    '--replications',
    '5',
  ]);
  expect(made.stderr).toMatch(/^gate: run 1/);
  expect(made.exitCode).toBe(0);
  otherBaseline('slower.json');
}, patient);
afterAll(() => rmSync(top, { recursive: true }));

describe('the command', () => {
  it(
    'passes by identity with exit code 0, and leaves all files where they are looked for',
    async () => {
      const run = await rsplab([
        experiment,
        '--baseline',
        'baseline.json',
        '--export',
        'same',
        '--history',
        'h/history.csv',
        '--replications',
        '5',
        '--json',
      ]);
      expect(run.exitCode).toBe(0);
      const result = gateResultSchema.parse(JSON.parse(run.stdout));
      expect(result).toMatchObject({ verdict: 'pass', points: [{ identical: true }] });
      expect(readdirSync(join(top, 'same')).sort()).toEqual([...exportNames, 'report.html'].sort());
      expect(readFileSync(join(top, 'h/history.csv'), 'utf8').split('\n')).toHaveLength(3);
    },
    patient,
  );

  it(
    'fails with exit code 1, tells GitHub, and accepts what is meant to be so',
    async () => {
      const summary = join(top, 'summary.md');
      const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_SHA: 'abc123' };
      const args = [experiment, '--baseline', 'slower.json', '--replications', '5', '--out', 'failing'];
      const run = await rsplab([...args, '--export', 'failed'], github);
      expect(run.exitCode).toBe(1);
      expect(run.stdout).toMatch(/Verdict: fail\. Worse: resumption \(element-power-off, keepAlive 1\)/);
      expect(run.stderr).toMatch(/^::error title=element-power-off%2C keepAlive 1%3A resumption%2C mean::Worse: /m);
      expect(readFileSync(summary, 'utf8')).toMatch(/^## rsplab gate: ❌ fail/);
      expect(JSON.parse(readFileSync(join(top, 'failed/gate.json'), 'utf8')).commit).toBe('abc123');
      const links = [...readFileSync(join(top, 'failed/report.html'), 'utf8').matchAll(/href="([^"#]+report\.html)"/g)];
      expect(links.length).toBeGreaterThan(0);
      for (const [, link] of links) expect(existsSync(join(top, 'failed', decodeURIComponent(link!)))).toBe(true);

      const accepting = ['--accept', 'resumption', '--baseline', 'slower.json', '--out', 'failing'];
      const silent = await rsplab(accepting);
      expect(silent).toMatchObject({
        exitCode: 2,
        stderr: 'rsplab: --accept: expected --why with the reason, got none',
      });
      const accepted = await rsplab([...accepting, '--why', 'a cookie more']);
      expect(accepted.stdout).toMatch(/^Accepted: element-power-off, keepAlive 1: resumption\.mean$/m);
    },
    patient,
  );

  it(
    'goes on with an interrupted gate by its folder alone',
    async () => {
      // As a gate that was killed after its first run leaves it.
      otherBaseline('third.json');
      const whole = await rsplab([
        experiment,
        '--baseline',
        'third.json',
        '--replications',
        '5',
        '--out',
        'cut',
        '--json',
      ]);
      const [id] = readdirSync(join(top, 'cut/gate'));
      const folder = join(top, 'cut/gate', id!);
      const ledger = join(folder, 'ledger.ndjson');
      writeFileSync(ledger, `${readFileSync(ledger, 'utf8').split('\n')[0]}\n{"po`);
      const state = JSON.parse(readFileSync(join(folder, 'gate.json'), 'utf8'));
      writeFileSync(join(folder, 'gate.json'), JSON.stringify({ ...state, state: 'interrupted' }));
      const resumed = await rsplab(['--resume', '--out', 'cut', '--json']);
      const told = (text: string) => gateResultSchema.parse(JSON.parse(text)).points.map(({ metrics }) => metrics);
      expect(told(resumed.stdout)).toEqual(told(whole.stdout));
      expect(resumed.exitCode).toBe(whole.exitCode);
    },
    patient,
  );

  it(
    'refuses bad input with a sentence and exit code 2',
    async () => {
      const { exitCode, stderr } = await rsplab([experiment, '--baseline', 'none.json', '--on', 'sim']);
      expect(stderr).toMatch(/^rsplab: --baseline: expected a baseline, got none\.json, which does not exist; .*$/);
      expect(exitCode).toBe(2);
    },
    patient,
  );
});

describe('the shell parts of the files for CI', () => {
  const script = (name: string) => readFileSync(join(root, name), 'utf8');
  const bash = (text: string, folder: string, env: Record<string, string>) => {
    mkdirSync(join(top, folder), { recursive: true });
    return execa('bash', ['-eo', 'pipefail', '-c', text], {
      cwd: join(top, folder),
      reject: false,
      env: { ...environment(), ...env },
    });
  };
  const baseline = (name: string) => join(top, name);

  it(
    'GitHub: the action passes inputs on, tells the code, and is neutral when asked to be',
    async () => {
      const action = parse(script('.github/actions/gate/action.yml'));
      const [step] = action.runs.steps;
      const inputs: Record<string, string> = Object.fromEntries(
        Object.entries<{ default: string }>(action.inputs).map(([name, input]) => [name, input.default]),
      );
      const perform = (given: Record<string, string>, folder: string) => {
        const all = { ...inputs, ...given };
        const env = Object.fromEntries(
          Object.entries<string>(step.env).map(([name, text]) => [
            name,
            text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_, input) => all[input]!),
          ]),
        );
        const output = join(top, `${folder}-output`);
        writeFileSync(output, '');
        return bash(step.run, folder, {
          ...env,
          GITHUB_OUTPUT: output,
          GITHUB_ACTION_PATH: join(root, '.github/actions/gate'),
        });
      };
      const passed = await perform(
        { experiments: experiment, baseline: baseline('baseline.json'), on: 'sim' },
        'github',
      );
      expect(passed.exitCode).toBe(0);
      expect(readFileSync(join(top, 'github-output'), 'utf8')).toBe('code=0\n');
      expect(existsSync(join(top, 'github/rsplab-gate/junit.xml'))).toBe(true);
      const refused = await perform(
        { experiments: experiment, baseline: 'none.json', 'unknown-is-neutral': 'true' },
        'github-2',
      );
      expect(refused.exitCode).toBe(2);
      expect(readFileSync(join(top, 'github-2-output'), 'utf8')).toBe('code=2\n');
    },
    patient,
  );

  it(
    'GitLab: the job leaves the reports that it names',
    async () => {
      const job = parse(script('.ci/gate.gitlab-ci.yml'))['rsplab-gate'];
      const options = `${experiment} --on sim`;
      const run = await bash(job.script.join('\n'), 'gitlab', {
        RSPLAB: root,
        BASELINE: baseline('baseline.json'),
        OPTIONS: options,
      });
      expect(run.exitCode).toBe(0);
      for (const report of Object.values<string>(job.artifacts.reports))
        expect(existsSync(join(top, 'gitlab', report))).toBe(true);
    },
    patient,
  );

  it(
    'Jenkins: the stage leaves the report that it reads, and sees the exit code',
    async () => {
      const text = script('.ci/gate.Jenkinsfile');
      const [, shell] = /script: '''([\s\S]*?)'''/.exec(text)!;
      const [, report] = /testResults: '([^']+)'/.exec(text)!;
      const env = {
        RSPLAB: root,
        BASELINE: baseline(otherBaseline('jenkins.json')),
        OPTIONS: `${experiment} --on sim --replications 5`,
      };
      const run = await bash(shell!, 'jenkins', env);
      expect(run.exitCode).toBe(1);
      expect(readFileSync(join(top, 'jenkins', report!), 'utf8')).toMatch(/<failure message="resumption, mean/);
    },
    patient,
  );
});

it('needs nothing but a checkout: the action finds rsplab above itself', () => {
  expect(existsSync(join(root, '.github/actions/gate/../../../dist/harness/cli/main.js'))).toBe(true);
  symlinkSync(root, join(top, 'checkout'));
  expect(existsSync(join(top, 'checkout/.github/actions/gate/action.yml'))).toBe(true);
});
