/** Runs the real entry scripts in a small copy of a repository in which nothing is left to set up. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wrongNode } from '../../harness/setup/node-version.mjs';
import { linkCommand, recordBuild, sourceFingerprint } from '../../harness/setup/repository.mjs';

let root: string;

const commandLine = `
  if (process.argv.includes('wait')) {
    process.on('SIGTERM', () => process.exit(7));
    setInterval(() => {}, 1000);
  } else process.exitCode = 3;
  console.log(JSON.stringify(process.argv.slice(2)));
`;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'start-test-')));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  cpSync(fileURLToPath(new URL('../../harness/setup', import.meta.url)), join(root, 'harness/setup'), {
    recursive: true,
  });
  write('package.json', '{ "type": "module" }');
  write('tsconfig.json', '{}');
  write('package-lock.json', '{ "packages": {} }');
  write('node_modules/.package-lock.json', '{ "packages": {} }');
  write('node_modules/typescript/package.json', '{}');
  write('harness/cli/main.ts', '');
  write('dist/harness/cli/main.js', commandLine);
  recordBuild(root, sourceFingerprint(root));
  linkCommand(root);
  write('dist/harness/setup/machine.js', 'export const isMachineReady = () => true;');
});
afterAll(() => rmSync(root, { recursive: true }));

const start = (...options: string[]) =>
  spawn(process.execPath, [join(root, 'harness/setup/start.mjs'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

it.each([
  { given: [], runs: ['run', 'experiments/element-power-off.ts'] },
  { given: ['doctor', '--json'], runs: ['doctor', '--json'] },
])('runs $runs when given $given, prints nothing else, and ends with its exit code', async ({ given, runs }) => {
  const child = start(...given);
  const output = child.stdout.setEncoding('utf8').toArray();
  const [code] = await once(child, 'exit');
  expect(code).toBe(3);
  expect((await output).join('')).toBe(`${JSON.stringify(runs)}\n`);
});

it('leaves signals to the command line', async () => {
  const child = start('wait');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([7, null]);
});

it('has nothing to do the second time, in well under a second', () => {
  const started = performance.now();
  execFileSync(process.execPath, [join(root, 'harness/setup/setup.mjs')], { stdio: 'pipe' });
  // Starting Node.js takes most of it: 0.1 s on an idle machine, left room for a busy one.
  expect(performance.now() - started).toBeLessThan(3000);
});

it('names the Node.js it wants and the one it got', () => {
  expect(wrongNode('20.19.0')).toBeUndefined();
  expect(wrongNode('24.0.0')).toBeUndefined();
  expect(wrongNode('20.18.9')).toMatch(/expected Node\.js 20\.19 or later, got 20\.18\.9/);
  expect(wrongNode('18.20.0')).toMatch(/got 18\.20\.0/);
});
