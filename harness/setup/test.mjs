/** `npm test`: set-up, types, lint, unit, browser and lab tests, stopping at the first that fails. */
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const steps = [
  { name: 'types', program: 'typescript/bin/tsc', options: ['--project', 'test/tsconfig.json'] },
  { name: 'types of scripts in pages', program: 'typescript/bin/tsc', options: ['--project', 'reports/page/client'] },
  { name: 'lint', program: '@biomejs/biome/bin/biome', options: ['check', '--error-on-warnings', '.'] },
  {
    name: 'tests',
    program: 'vitest/vitest.mjs',
    // Not `docker` and `chaos`, which take many minutes; two exclusions would add up to everything.
    options: [
      'run',
      ...['--config', 'test/vitest.config.ts'],
      ...['unit', 'browser', 'virtual', 'lab'].flatMap((project) => ['--project', project]),
      ...process.argv.slice(2),
    ],
  },
];

await prepare({ toolsRequired: false, forTests: true });
for (const { name, program, options } of steps) {
  process.stdout.write(`test: ${name}\n`);
  const code = await run(join(root, 'node_modules', program), options);
  if (code !== 0) {
    process.stderr.write(`test: ${name} failed\n`);
    process.exit(code);
  }
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
