#!/usr/bin/env node
/**
 * The command line's entry. Before it loads anything else it sees to it that the exit code cannot lie: only a command
 * that came to its end says how that went. Whatever else ends this process (an experiment that calls `process.exit(0)`,
 * a module that cannot be loaded, an error that nobody caught) is 3, unknown, with one sentence.
 */
import { writeSync } from 'node:fs';

const unknown = 3;
/** What the command came to; undefined until it has ended. */
let ended: number | undefined;
// An experiment's file may get another one while it is loaded.
const exit = process.exit.bind(process);

process.on('exit', (code) => {
  if (ended === undefined) say(`this process was ended from within, with code ${code}, before the command was done`);
  process.exitCode = ended ?? unknown;
});
process.on('uncaughtException', (error: unknown) => {
  const known = error instanceof Error && error.name === 'HarnessError';
  say(known ? error.message : `nobody caught this: ${error instanceof Error ? error.stack : String(error)}`);
  end(known && 'code' in error && error.code === 'bad-input' ? 2 : unknown);
});

import('./program.js')
  .then(({ main }) => main())
  .then(end, (error: unknown) => {
    say(`cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    end(unknown);
  });

/** At once, whatever an experiment has left open. */
function end(code: number): void {
  ended = code;
  exit(code);
}

function say(sentence: string): void {
  try {
    writeSync(2, `rsplab: ${sentence}\n`);
  } catch {
    // Nobody listens.
  }
}
