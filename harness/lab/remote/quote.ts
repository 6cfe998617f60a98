/** Arguments as words of a POSIX shell on another machine: all are quoted, so that nothing in them means anything. */
import { show } from '../../base/check.js';
import { badInput } from '../../base/errors.js';

/** @throws HarnessError `bad-input` for a word with a zero byte, which no program can be given */
export function shellWord(word: string): string {
  if (word.includes('\0')) throw badInput(`Expected a word without zero bytes for a shell, got ${show(word)}`);
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export const shellCommand = (words: readonly string[]): string => words.map(shellWord).join(' ');

/** As `shellCommand`, on one line, for a shell whose variable `nl` holds the end of a line. */
export const shellLine = (words: readonly string[]): string => shellCommand(words).replaceAll('\n', `'"$nl"'`);
