import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogTail, LogTails } from '../../harness/pool/driver/log-tail.js';
import { lastLines } from '../../harness/pool/files.js';
import { ownedElements, registeredIn, registrarIsReady } from '../../harness/pool/rsplib/logs.js';

const recorded = readFileSync('test/fixtures/rsplib/registrar/pr1.log', 'utf8');
const upTo = (text: string) => recorded.slice(0, recorded.indexOf(text));

describe('a registrar’s log', () => {
  it('shows when it is ready, not when it has only started', () => {
    expect(registrarIsReady(upTo('Initialization phase ended'))).toBe(false);
    expect(registrarIsReady(recorded)).toBe(true);
  });

  it('shows who was registered, not who has only asked', () => {
    expect(registeredIn(upTo('Successfully registered'))).toEqual(new Set());
    expect(registeredIn(upTo('Successfully registered CalcAppPool/$01000301'))).toEqual(new Set([0x1000201]));
    expect(registeredIn(recorded)).toEqual(new Set([0x1000201, 0x1000301, 0x1000401]));
  });
});

it('a registrar’s statistics show how many elements it is home of, by the last whole line', () => {
  const head = 'AbsTime RelTime Runtime UserTime SystemTime   Peers Pools PoolElements OwnedPoolElements\n';
  const line = (elements: number, own: number) =>
    `000013 1795475860.000766 6.035047   0.000000 0.000000 0.000000   2 1 ${elements} ${own}   0 0 0 0 0 0 2 0\n`;
  expect(ownedElements('')).toBe(0);
  expect(ownedElements(head)).toBe(0);
  expect(ownedElements(head + line(3, 2))).toBe(2);
  expect(ownedElements(head + line(3, 2) + line(3, 0))).toBe(0);
  expect(ownedElements(`${head}${line(3, 2)}000014 17954`)).toBe(2);
});

it('quotes the last words of a component, without blank lines', () => {
  expect(lastLines('one\n\n  two \nthree\n\n', 2)).toBe('two | three');
  expect(lastLines('')).toBe('');
});

describe('the tail of a growing log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tail-test-'));
    file = join(folder, 'pe1.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is empty before there is a log', async () => {
    const tail = new LogTail(file);
    await tail.toEnd();
    expect(await tail.read()).toBe('');
    writeFileSync(file, 'ready\n');
    expect(await tail.read()).toBe('ready\n');
  });

  it('gives whole lines only, each once', async () => {
    const tail = new LogTail(file);
    writeFileSync(file, 'one\ntw');
    expect(await tail.read()).toBe('one\n');
    expect(await tail.read()).toBe('');
    appendFileSync(file, 'o\nthree');
    expect(await tail.read()).toBe('two\n');
  });

  it('skips what was there', async () => {
    writeFileSync(file, 'one\n');
    const tail = new LogTail(file);
    await tail.toEnd();
    appendFileSync(file, 'two\n');
    expect(await tail.read()).toBe('two\n');
  });

  it('goes on with the log of the next life, from its beginning', async () => {
    const [first, second] = [file, join(folder, 'pe1-2.log')];
    const files = [first];
    writeFileSync(first, 'long ago\n');
    const tails = new LogTails(() => files);
    await tails.toEnd();
    appendFileSync(first, 'last words\n');
    files[0] = second;
    writeFileSync(second, 'born again\n');
    expect(await tails.read()).toBe('last words\nborn again\n');
    appendFileSync(second, 'and on\n');
    expect(await tails.read()).toBe('and on\n');
  });

  it('loses nothing, however the log is written', async () => {
    const pieces = fc.array(fc.stringMatching(/^[aé\n]{0,8}$/), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, async (pieces) => {
        writeFileSync(file, '');
        const tail = new LogTail(file);
        let seen = '';
        for (const piece of pieces) {
          appendFileSync(file, piece);
          const news = await tail.read();
          expect(news === '' || news.endsWith('\n')).toBe(true);
          seen += news;
        }
        const all = pieces.join('');
        expect(seen).toBe(all.slice(0, all.lastIndexOf('\n') + 1));
      }),
      { numRuns: 50 },
    );
  });
});
