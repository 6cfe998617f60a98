/**
 * A command as a person types it into a shell: what a shell would read otherwise is quoted. All commands that rsplab
 * prints go through here.
 */
export const commandLine = (words: readonly string[]): string => words.map(quoted).join(' ');

const quoted = (word: string): string =>
  /^[\w./:,+-][\w./=:,+-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The words of a command as `commandLine` writes them. */
export function wordsOf(command: string): string[] {
  const parts = command.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
  return parts.map((part) => part.replace(/'([^']*)'|\\(.)/g, (_, quoted, escaped) => quoted ?? escaped));
}
