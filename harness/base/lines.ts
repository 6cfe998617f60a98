/**
 * A file of JSON, a line for each thing that is done, written as things get done: whoever was killed goes on from here.
 * A line counts when it is whole, so the kill may come in the middle of one.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { z } from 'zod';
import { badInput } from './errors.js';

const syncEvery = 64;

export class Lines<T> {
  /** What the file held when it was opened. */
  readonly before: readonly T[];
  readonly #file: number;
  #unsynced = 0;

  /**
   * @param what each line is, for people
   * @throws HarnessError `bad-input` when a line before the last one is something else
   */
  constructor(path: string, schema: z.ZodType<T>, what: string) {
    this.before = existsSync(path) ? recover(path, schema, what) : [];
    this.#file = openSync(path, 'a');
  }

  append(line: T): void {
    // In one write: what the kernel has survives the death of this process.
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    if (++this.#unsynced >= syncEvery) this.sync();
  }

  /** Makes sure that what was appended survives the death of the machine, too. */
  sync(): void {
    fsyncSync(this.#file);
    this.#unsynced = 0;
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }
}

/** Cuts off what is left of a line that was being written. */
function recover<T>(path: string, schema: z.ZodType<T>, what: string): T[] {
  const { lines, bytes } = readLines(path, schema, what);
  truncateSync(path, bytes);
  return lines;
}

/**
 * The whole lines of a file that somebody else may be writing.
 * @param from the byte that a line begins at
 * @returns and how many bytes of the file these are
 * @throws HarnessError `bad-input` when one of them is something else
 */
export function readLines<T>(
  path: string,
  schema: z.ZodType<T>,
  what: string,
  from = 0,
): { lines: T[]; bytes: number } {
  const bytes = readFileSync(path).subarray(from);
  const end = bytes.lastIndexOf('\n') + 1;
  const texts = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const lines = texts.map((line, index) => {
    const parsed = schema.safeParse(parseJson(line));
    if (!parsed.success) throw badInput(`${path}: expected ${what} in line ${index + 1}, got something else`);
    return parsed.data;
  });
  return { lines, bytes: from + end };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
