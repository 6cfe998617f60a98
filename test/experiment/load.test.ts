import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { headerOf, loadExperiment } from '../../harness/experiment/load.js';
import { temporaryFolder } from '../temporary.js';

let folder: string;
const { exit } = process;
const door = fileURLToPath(new URL('../../harness/index.ts', import.meta.url));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'folder.ts'));
});

describe('an experiment’s file', () => {
  it('is loaded with the question and the expectation of its header', async () => {
    const loaded = await loadExperiment('experiments/element-power-off.ts');
    expect(loaded).toMatchObject({
      file: 'experiments/element-power-off.ts',
      experiment: { name: 'element-power-off' },
      question: 'How long does a request stall when its pool element goes silent?',
      expectation: expect.stringMatching(/^nobody is told, .* grows with both\.$/),
    });
  });

  it.each([
    [
      'that is missing',
      () => join(folder, 'none.ts'),
      /^Expected an experiment's file, got .*none\.ts, which does not exist$/,
    ],
    ['that is a folder', () => join(folder, 'folder.ts'), /^.*folder\.ts: expected a file that loads, got: [^\n]+$/],
    [
      'without a default export',
      () => file('bare.ts', 'export const name = 1;'),
      /bare\.ts: expected an experiment as default export .* got none$/,
    ],
    [
      'with another default export',
      () => file('other.ts', 'export default 5;'),
      /other\.ts: expected an experiment as default export .* got none$/,
    ],
    [
      'with a syntax error',
      () => file('syntax.ts', 'export default {\n  name: 1'),
      /syntax\.ts: expected a file that loads, got: [^\n]*syntax\.ts:2:\d+: ERROR: Expected "}" but found end of file$/,
    ],
    [
      'that imports what is not there',
      () => file('lost.ts', "import './nowhere.js';"),
      /lost\.ts: expected a file that loads, got: Cannot find module [^\n]*nowhere\.js[^\n]*$/,
    ],
    [
      'that throws',
      () => file('thrower.ts', "throw new Error('not today');"),
      /thrower\.ts: expected a file that loads, got: not today$/,
    ],
    [
      'whose experiment is wrong',
      () => file('wrong.ts', `import { poolElement } from '${door}';\nexport default poolElement({ capacity: 0 });`),
      /^wrong\.ts: poolElement\.capacity: expected more than 0, got 0$/,
    ],
    [
      'that calls process.exit()',
      () => file('exit.ts', 'process.exit(0);'),
      /exit\.ts: expected a file that loads, got: a call of process\.exit\(0\)$/,
    ],
  ])('%s is refused in one sentence', async (_, path, message) => {
    await expect(loadExperiment(path())).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
  });
});

it('a file that takes for ever is given up', async () => {
  const path = file('slow.mts', 'setInterval(() => {}, 1000).unref(); await new Promise(() => {}); export default 1;');
  await expect(loadExperiment(path, { within: 0.5 })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/slow\.mts: expected a file that loads, got: nothing yet after 0\.5 s$/),
  });
  expect(process.exit).toBe(exit);
});

describe('a header', () => {
  it.each([
    ['/** Why? */\ncode', 'Why?', null],
    ['/**\n * Why\n * so?\n *\n * Expectation: because\n * of that.\n */', 'Why so?', 'because of that.'],
    ['\n/** Expectation: nothing. */', null, 'nothing.'],
    ['// Why?\ncode', null, null],
    ['code /** later */', null, null],
    ['/** */', null, null],
    ['', null, null],
  ])('%j', (source, question, expectation) => expect(headerOf(source)).toEqual({ question, expectation }));
});
