/** `npm test`: set-up, types, lint, unit, browser and lab tests, stopping at the first that fails. */
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

/** None of them changes anything, so they go on side by side. */
const looks = [
  { name: 'types', program: 'typescript/bin/tsc', options: ['--project', 'test/tsconfig.json'] },
  { name: 'types of scripts in pages', program: 'typescript/bin/tsc', options: ['--project', 'reports/page/client'] },
  { name: 'lint', program: '@biomejs/biome/bin/biome', options: ['check', '--error-on-warnings', '.'] },
];
const tests = {
  name: 'tests',
  program: 'vitest/vitest.mjs',
  // Not `docker` and `chaos`, which take many minutes; two exclusions would add up to everything.
  options: [
    'run',
    ...['--config', 'test/vitest.config.ts'],
    ...['unit', 'browser', 'virtual', 'kernels', 'lab'].flatMap((project) => ['--project', project]),
    ...process.argv.slice(2),
  ],
};

await prepare({ toolsRequired: false, forTests: true });
const codes = await Promise.all(looks.map(step));
const bad = codes.find((code) => code !== 0);
process.exit(bad ?? (await step(tests)));

/**
 * @param {{ name: string, program: string, options: string[] }} step
 * @returns {Promise<number>} its exit code
 */
async function step({ name, program, options }) {
  process.stdout.write(`test: ${name}\n`);
  const code = await run(join(root, 'node_modules', program), options);
  if (code !== 0) process.stderr.write(`test: ${name} failed\n`);
  return code;
}

/**
 * @param {string} program
 * @param {string[]} options
 * @returns {Promise<number>} its exit code
 */
function run(program, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...options], { cwd: root, stdio: 'inherit' });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => void child.kill(signal);
    // Ctrl-C at a terminal reaches the child by itself; a signal for this process alone has to be passed on.
    const interrupt = process.stdin.isTTY ? () => {} : pass;
    process.on('SIGINT', interrupt).on('SIGTERM', pass).on('SIGHUP', pass);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', interrupt).off('SIGTERM', pass).off('SIGHUP', pass);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
