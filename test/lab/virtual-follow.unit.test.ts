import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { follow } from '../../harness/lab/virtual/follow.js';

let [folder, file, lines, stop] = ['', '', [] as string[], () => {}];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  file = join(folder, 'line');
  lines = [];
  stop = follow(file, (line) => lines.push(line));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Longer than it waits between two looks. */
const aLook = () => sleep(250);

it('tells lines as they come, a line in pieces once it is whole', async () => {
  expect(existsSync(file)).toBe(true);
  appendFileSync(file, 'one\ntw');
  await aLook();
  expect(lines).toEqual(['one']);
  appendFileSync(file, 'o\nthree\n');
  await aLook();
  expect(lines).toEqual(['one', 'two', 'three']);
  stop();
});

it('tells what came since its last look when it is stopped, and nothing afterwards', async () => {
  appendFileSync(file, 'last\nhalf');
  stop();
  expect(lines).toEqual(['last']);
  appendFileSync(file, ' more\n');
  await aLook();
  expect(lines).toEqual(['last']);
});

it('puts characters together that come in pieces', async () => {
  const bytes = Buffer.from('0.2 → 0.3\n');
  const inside = bytes.indexOf('→') + 1;
  appendFileSync(file, bytes.subarray(0, inside));
  await aLook();
  appendFileSync(file, bytes.subarray(inside));
  stop();
  expect(lines).toEqual(['0.2 → 0.3']);
});
