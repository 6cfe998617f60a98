/**
 * The main process of a container: a shell that starts components as it is told on its input and tells on its output
 * what became of them. So nothing but its own process is started when a component is, which the engine's `exec` cannot
 * say, and a busy engine disturbs no measurement.
 */

import type { StartOptions } from '../lab.js';

// Job control, or the shell would have components ignore SIGINT. Each is in the foreground of a shell of its own: bash
// may wait for ever for one in the background that has ended already.
const script = `
set -m
while read -r id words; do
  {
    set +m
    eval "set -- $words"
    cd "$1"
    output=$2
    log=$3
    shift 3
    (echo "started $id $BASHPID"; exec "$@" >> "$output" 2>> "$log" < /dev/null)
    echo "ended $id $?"
  } &
done`;

export const initCommand = ['bash', '-c', script];

/** The line that has a component started. */
export const startLine = (
  id: number,
  { workingDirectory, log, output = log }: StartOptions,
  command: readonly string[],
): string => `${[id, ...[workingDirectory, output, log, ...command].map(quote)].join(' ')}\n`;

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

export type InitReport =
  | { readonly what: 'started'; readonly id: number; readonly pid: number }
  | { readonly what: 'ended'; readonly id: number; readonly status: number };

/** @returns undefined for a line that is no report, such as a complaint of the shell */
export function parseReport(line: string): InitReport | undefined {
  const [, what, id, value] = /^(started|ended) (\d+) (\d+)$/.exec(line) ?? [];
  if (what === 'started') return { what, id: Number(id), pid: Number(value) };
  if (what === 'ended') return { what, id: Number(id), status: Number(value) };
  return undefined;
}
