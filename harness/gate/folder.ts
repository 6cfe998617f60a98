/**
 * The folder of a gate: `request.json` says what was asked, `baseline.json` is a copy of what it is held against,
 * `ledger.ndjson` has what is done, `gate.json` what is known. Every gate has its own, so two at once do no harm.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { badInput, messageOf } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import { type GateResult, gateResultSchema } from './result.js';

export const gateFolderName = 'gate';

/** What a gate was asked for, as far as going on with it needs to know. */
export const gateRequestSchema = z.object({
  files: z.array(z.string()),
  config: z.string().nullable(),
  on: z.string(),
  seed: z.int(),
  replications: z.int().nullable(),
  budget: z.int().nullable(),
  /** The baseline's file as it was named; null for a gate without one. */
  baseline: z.string().nullable(),
  with: z.record(z.string(), z.string()),
  against: z.record(z.string(), z.string()).nullable(),
  commit: z.string().nullable(),
  /** Whether a baseline is made. */
  update: z.boolean(),
  /** Of the points and their plans: runs of other ones do not belong to it. */
  digest: z.string(),
});
export type GateRequest = z.infer<typeof gateRequestSchema>;

/** @throws HarnessError `bad-input` when it cannot be made */
export function createGateFolder(out: string, id: string, request: GateRequest): string {
  const folder = resolve(out, gateFolderName, id);
  try {
    mkdirSync(join(folder, 'runs'), { recursive: true });
  } catch (error) {
    throw badInput(`Expected a folder for results that can be made, got ${out}: ${messageOf(error)}`, error);
  }
  writeWhole(join(folder, 'request.json'), `${JSON.stringify(request, null, 2)}\n`);
  return folder;
}

/** @throws HarnessError `bad-input` when the folder holds no gate */
export const readRequest = (folder: string): GateRequest => read(folder, 'request.json', gateRequestSchema, '--resume');

export const storeResult = (folder: string, result: GateResult): void =>
  writeWhole(join(folder, 'gate.json'), `${JSON.stringify(result, null, 2)}\n`);

/** @throws HarnessError `bad-input` when the folder holds no result of a gate */
export const readResult = (folder: string): GateResult => read(folder, 'gate.json', gateResultSchema, 'gate');

function read<S extends z.ZodType>(folder: string, name: string, schema: S, option: string): z.output<S> {
  const path = join(folder, name);
  if (!existsSync(path)) throw badInput(`${option}: expected a gate's folder, got ${folder}, which has no ${name}`);
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw badInput(`${path}: expected what a gate wrote, got something else`, error);
  }
}

/**
 * The newest gate below a folder of results that came to its end, or (`open`) the newest that did not.
 * @throws HarnessError `bad-input` when there is none
 */
export function latestGate(out: string, { open }: { readonly open: boolean }): string {
  const top = resolve(out, gateFolderName);
  const folders = existsSync(top) ? readdirSync(top).map((id) => join(top, id)) : [];
  const gates = folders.filter((folder) => existsSync(join(folder, 'request.json'))).sort();
  const latest = gates.findLast((folder) => (open ? !isDone(folder) : isDone(folder) && isJudged(folder)));
  if (!latest) throw badInput(`Expected ${open ? 'an unfinished' : 'a finished'} gate in ${out}, got none`);
  return latest;
}

const isJudged = (folder: string): boolean => existsSync(join(folder, 'gate.json'));

/** One that makes a baseline leaves a copy of it. */
function isDone(folder: string): boolean {
  if (readRequest(folder).update) return existsSync(join(folder, 'baseline.json'));
  return isJudged(folder) && readResult(folder).state === 'complete';
}
