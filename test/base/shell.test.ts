import { execa } from 'execa';
import { expect, test } from 'vitest';
import { commandLine } from '../../harness/base/shell.js';

test('a printed command means the same to a shell', async () => {
  const words = [
    'printf',
    '%s\\n',
    'plain-1.ts',
    'a b',
    "it's",
    '$HOME',
    'a;b',
    '*',
    '~',
    'grüße',
    '延迟',
    '',
    '=x',
    'k=v',
  ];
  const { stdout } = await execa('sh', ['-c', commandLine(words)]);
  expect(stdout.split('\n')).toEqual(words.slice(2));
});

test('what needs no quotes has none', () => {
  expect(commandLine(['rsplab', 'run', 'a/b-1.ts', '--set', 'keepAlive=1'])).toBe(
    'rsplab run a/b-1.ts --set keepAlive=1',
  );
});
