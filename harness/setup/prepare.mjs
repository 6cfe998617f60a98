/**
 * Set-up: everything between a fresh clone and a working `rsplab`. This part runs before any package is installed, so
 * it needs nothing but Node.js and npm. Once the product is built, the product itself prepares the machine.
 * It speaks on the standard error output, so that `npm start -- run … --json` stays clean.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { homedir, constants as system } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import {
  buildIsCurrent,
  commandIsLinked,
  linkCommand,
  packagesAreCurrent,
  recordBuild,
  sourceFingerprint,
} from './repository.mjs';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The compiled command line. */
export const main = join(root, 'dist', 'harness', 'cli', 'main.js');

/** @param {string} line */
export const say = (line) => void process.stderr.write(`set-up: ${line}\n`);

/**
 * Sets up what is missing; ends the process with one sentence when that fails (2: this machine cannot, 3: it failed).
 * @param {{ toolsRequired?: boolean, forTests?: boolean }} [options] with `toolsRequired: false` a machine that
 *   cannot have the tools is told so, and the set-up goes on; with `forTests` tests get a browser and containers, where
 *   that is possible
 */
export async function prepare({ toolsRequired = true, forTests = false } = {}) {
  const stop = stopOnSignals();
  try {
    await prepareRepository();
    await prepareMachine(toolsRequired);
    if (forTests) await prepareBrowser();
    if (forTests) await prepareQueue();
    if (forTests) await prepareContainers();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(isBadInput(error) ? 2 : 3);
  } finally {
    stop();
  }
}

/** @param {unknown} error */
const isBadInput = (error) => error instanceof Error && 'code' in error && error.code === 'bad-input';

async function prepareRepository() {
  const steps = [
    { name: 'npm packages', where: 'node_modules', isDone: () => packagesAreCurrent(root), work: installPackages },
    { name: 'build', where: 'dist', isDone: () => buildIsCurrent(root), work: build },
    { name: 'command', where: 'npx rsplab', isDone: () => commandIsLinked(root), work: async () => linkCommand(root) },
  ];
  if (steps.every(({ isDone }) => isDone())) return;
  await locked(join(root, 'dist', '.setup.lock'), async () => {
    for (const { name, where, isDone, work } of steps) {
      if (isDone()) continue;
      say(`${name}: making ${where} …`);
      const started = performance.now();
      await work();
      say(`${name}: ${where} is ready after ${seconds(started)} s`);
    }
  });
}

async function installPackages() {
  // The tools that build and test are development dependencies, wanted even where NODE_ENV says production.
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  if (isWritable(process.env.npm_config_cache ?? join(homeFolder(), '.npm'))) return npm(options);
  // Service users such as nobody have no home for npm's cache.
  const cache = join(root, 'dist', '.npm');
  await npm([...options, '--cache', cache]);
  rmSync(cache, { recursive: true, force: true });
}

/** Node.js throws where nothing says one, as for any user id in a container. */
function homeFolder() {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
}

/**
 * Whether a folder can be written to, or made.
 * @param {string} folder
 */
function isWritable(folder) {
  let existing = folder;
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function build() {
  const fingerprint = sourceFingerprint(root);
  await run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '--project',
    join(root, 'tsconfig.json'),
  ]);
  await run(process.execPath, [join(root, 'harness/setup/inline.mjs')]);
  recordBuild(root, fingerprint);
}

/** @param {boolean} required */
async function prepareMachine(required) {
  const built = pathToFileURL(join(root, 'dist', 'harness', 'setup', 'machine.js')).href;
  const machine = /** @type {typeof import('./machine.js')} */ (await import(built));
  if (machine.isMachineReady()) return;
  const started = performance.now();
  try {
    await locked(machine.machineLock(), () => machine.setUpMachine(say));
  } catch (error) {
    if (required || !isBadInput(error)) throw error;
    say(`${error instanceof Error ? error.message : error}; labs that need them are skipped`);
    return;
  }
  say(`system tools and lab kernel: ready after ${seconds(started)} s`);
}

async function prepareBrowser() {
  const built = pathToFileURL(join(root, 'dist', 'harness', 'setup')).href;
  const browser = /** @type {typeof import('./browser.js')} */ (await import(`${built}/browser.js`));
  if (browser.isBrowserReady()) return;
  const machine = /** @type {typeof import('./machine.js')} */ (await import(`${built}/machine.js`));
  await locked(machine.machineLock(), () => browser.setUpBrowser(say));
}

async function prepareQueue() {
  const built = pathToFileURL(join(root, 'dist', 'harness', 'setup')).href;
  const queue = /** @type {typeof import('./queue.js')} */ (await import(`${built}/queue.js`));
  if (queue.isQueueReady()) return;
  const machine = /** @type {typeof import('./machine.js')} */ (await import(`${built}/machine.js`));
  await locked(machine.machineLock(), () => queue.setUpQueue(say));
}

/** The engine and the image for `--on uml+docker`. Whatever is missing: tests with containers are skipped then. */
async function prepareContainers() {
  const build = () =>
    new Promise((resolve) => {
      const options = [main, 'image', 'build', '--no-offer'];
      const child = spawn(process.execPath, options, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
      const kill = () => void child.kill();
      process.once('exit', kill);
      child.once('error', () => resolve(1));
      child.once('close', (code) => {
        process.off('exit', kill);
        resolve(code);
      });
    });
  const built = pathToFileURL(join(root, 'dist', 'harness', 'setup', 'machine.js')).href;
  const machine = /** @type {typeof import('./machine.js')} */ (await import(built));
  await locked(machine.machineLock(), async () => {
    if ((await build()) !== 0) say('containers: there is no image for them; tests with containers are skipped');
  });
}

/**
 * @param {string} folder
 * @param {() => Promise<void>} work
 */
const locked = (folder, work) => withLock(folder, work, { onWait: () => say('waiting for another set-up …') });

/** @param {number} started */
const seconds = (started) => ((performance.now() - started) / 1000).toFixed(1);

/** @param {string[]} options */
function npm(options) {
  const running = process.env.npm_execpath ?? '';
  return running.endsWith('npm-cli.js') ? run(process.execPath, [running, ...options]) : run('npm', options);
}

/**
 * Runs a program in the repository; what it prints is shown only when it fails.
 * @param {string} program
 * @param {string[]} options
 * @returns {Promise<void>}
 */
function run(program, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => void child.kill();
    process.once('exit', kill);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      if (code === 0) return resolve();
      reject(new Error(`${[program, ...options].join(' ')} ended with ${signal ?? code}:\n${output.trimEnd()}`));
    });
  });
}

/** Turns a signal into an orderly exit, which ends children and releases locks. */
function stopOnSignals() {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => process.exit(128 + system.signals[signal]);
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
