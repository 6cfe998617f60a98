/** All files that a gate leaves for others, by their names. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../base/write-whole.js';
import { junitXml } from './formats/junit.js';
import { markdown } from './formats/markdown.js';
import { actionBenchmark, bencher, openMetrics } from './formats/metrics.js';
import type { GateResult } from './result.js';

const files: Readonly<Record<string, (result: GateResult) => string>> = {
  'gate.json': (result) => `${JSON.stringify(result, null, 2)}\n`,
  'junit.xml': junitXml,
  'comment.md': markdown,
  'metrics.txt': openMetrics,
  'bencher.json': bencher,
  'benchmark-smaller-is-better.json': (result) => actionBenchmark(result, 'lower'),
  'benchmark-bigger-is-better.json': (result) => actionBenchmark(result, 'higher'),
};

export const exportNames = Object.keys(files);

/** Makes the folder if it is not there. */
export function writeExports(folder: string, result: GateResult): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, make] of Object.entries(files)) writeWhole(join(folder, name), make(result));
}
