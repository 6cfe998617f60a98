/** A search's folder and the file in it that says what the search is and what it found. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { badInput, messageOf } from '../base/errors.js';
import { parseJson } from '../base/json.js';

/**
 * @param folders of it that are there from the beginning
 * @returns `OUT/EXPERIMENT/ID`, made
 * @throws HarnessError `bad-input` when it cannot be made
 */
export function makeFolder(out: string, experiment: string, id: string, folders: readonly string[] = ['']): string {
  const folder = resolve(out, experiment, id);
  try {
    for (const each of folders) mkdirSync(join(folder, each), { recursive: true });
  } catch (error) {
    throw badInput(`Expected a folder for results that can be made, got ${out}: ${messageOf(error)}`, error);
  }
  return folder;
}

/**
 * @param words what such a folder and what its file says are called
 * @throws HarnessError `bad-input` when there is no such file, or it says something else
 */
export function readStored<Schema extends z.ZodType>(
  folder: string,
  file: string,
  schema: Schema,
  words: { readonly folder: string; readonly content: string },
): z.infer<Schema> {
  const path = join(folder, file);
  if (!existsSync(path)) throw badInput(`Expected ${words.folder}, got ${folder}, which has no ${file}`);
  const parsed = schema.safeParse(jsonOrNothing(readFileSync(path, 'utf8')));
  if (!parsed.success) throw badInput(`${path}: expected ${words.content} of schemaVersion 1, got something else`);
  return parsed.data;
}

function jsonOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
