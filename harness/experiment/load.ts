import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badInput, codeOf, messageOf } from '../base/errors.js';
import type { Experiment } from './experiment.js';
import { tsImport } from './typescript.js';

/** An experiment and what its file's opening comment says about it. */
export interface LoadedExperiment {
  readonly file: string;
  readonly experiment: Experiment;
  readonly question: string | null;
  readonly expectation: string | null;
}

/** Seconds that a file may take to load. */
const loadMost = 60;

/**
 * Loads an experiment's TypeScript (or JavaScript) file.
 * @throws HarnessError `bad-input` when there is no such file, it does not load, or it exports no experiment
 */
export async function loadExperiment(file: string, { within = loadMost } = {}): Promise<LoadedExperiment> {
  if (!existsSync(file)) throw badInput(`Expected an experiment's file, got ${file}, which does not exist`);
  const experiment = await importDefault(file, within);
  if (typeof experiment?.deploy !== 'function' || typeof experiment.name !== 'string') {
    throw badInput(`${file}: expected an experiment as default export (export default experiment({ … })), got none`);
  }
  return { file, experiment, ...headerOf(readFileSync(file, 'utf8')) };
}

interface Module {
  default?: Experiment | { default: Experiment };
}

async function importDefault(file: string, within: number): Promise<Experiment | undefined> {
  try {
    return await contained(() => exported(file), within);
  } catch (error) {
    // What the experiment's own description got wrong is said in a sentence already.
    if (codeOf(error) === 'bad-input') throw badInput(`${basename(file)}: ${messageOf(error)}`, error);
    throw badInput(`${file}: expected a file that loads, got: ${complaintOf(error)}`, error);
  }
}

async function exported(file: string): Promise<Experiment | undefined> {
  const module = (await tsImport(pathToFileURL(resolve(file)).href, import.meta.url)) as Module;
  // In a folder whose package is not of type "module", the default export comes wrapped in another one.
  const found = module.default;
  return typeof found === 'object' && found !== null && 'default' in found ? found.default : found;
}

/** What a file does to the whole process while it loads becomes an error of its own, in a few words. */
function contained<T>(load: () => Promise<T>, within: number): Promise<T> {
  const { exit } = process;
  let clean = (): void => {};
  const loaded = new Promise<T>((resolve, reject) => {
    const isIdle = () => reject(new Error('a promise that nothing settles'));
    const timer = setTimeout(() => reject(new Error(`nothing yet after ${within} s`)), within * 1e3).unref();
    process.once('beforeExit', isIdle);
    process.exit = (code) => {
      const error = new Error(`a call of process.exit(${code ?? ''})`);
      reject(error);
      throw error;
    };
    clean = () => {
      process.exit = exit;
      process.off('beforeExit', isIdle);
      clearTimeout(timer);
    };
    load().then(resolve, reject);
  });
  return loaded.finally(() => clean());
}

/** One line: what the compiler announces with a colon comes on the next. */
function complaintOf(error: unknown): string {
  const [first, second] = messageOf(error).split('\n');
  return first!.endsWith(':') && second ? second : first!;
}

/** Reads `/** question … Expectation: … *​/` at the head of a file; what is not there is null. */
export function headerOf(source: string): { question: string | null; expectation: string | null } {
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  const text = comment.replace(/^\s*\* ?/gm, '').trim();
  const [question, expectation] = text.split(/\bExpectation:/);
  const plain = (part: string | undefined) => part?.replace(/\s+/g, ' ').trim() || null;
  return { question: plain(question), expectation: plain(expectation) };
}
