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

/**
 * Loads an experiment's TypeScript (or JavaScript) file.
 * @throws HarnessError `bad-input` when there is no such file, it does not load, or it exports no experiment
 */
export async function loadExperiment(file: string): Promise<LoadedExperiment> {
  if (!existsSync(file)) throw badInput(`Expected an experiment's file, got ${file}, which does not exist`);
  const experiment = await importDefault(file);
  if (typeof experiment?.deploy !== 'function' || typeof experiment.name !== 'string') {
    throw badInput(`${file}: expected an experiment as default export (export default experiment({ … })), got none`);
  }
  return { file, experiment, ...headerOf(readFileSync(file, 'utf8')) };
}

interface Module {
  default?: Experiment | { default: Experiment };
}

async function importDefault(file: string): Promise<Experiment | undefined> {
  try {
    const module = (await tsImport(pathToFileURL(resolve(file)).href, import.meta.url)) as Module;
    // In a folder whose package is not of type "module", the default export comes wrapped in another one.
    const found = module.default;
    return typeof found === 'object' && found !== null && 'default' in found ? found.default : found;
  } catch (error) {
    // What the experiment's own description got wrong is said in a sentence already.
    if (codeOf(error) === 'bad-input') throw badInput(`${basename(file)}: ${messageOf(error)}`, error);
    throw badInput(`${file}: expected a file that loads, got: ${complaintOf(error)}`, error);
  }
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
