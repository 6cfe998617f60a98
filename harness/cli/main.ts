#!/usr/bin/env node
/** The command line's entry: reads it, runs one command, turns what is thrown into one sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { codeOf, messageOf } from '../base/errors.js';
import { rsplabVersion } from '../run/versions.js';
import { cleanCommand } from './clean.js';
import { compareCommand } from './compare.js';
import { doctorCommand } from './doctor.js';
import { exitCodes } from './exit.js';
import { figuresCommand } from './figures.js';
import { listCommand } from './list.js';
import { runCommand } from './run.js';
import { sweepCommand } from './sweep.js';

const program = new Command('rsplab')
  .description(
    'The laboratory for Reliable Server Pooling (RSerPool): real components, emulated networks, faults, numbers.',
  )
  .version(rsplabVersion())
  .exitOverride();

for (const make of [
  runCommand,
  sweepCommand,
  figuresCommand,
  compareCommand,
  listCommand,
  doctorCommand,
  cleanCommand,
]) {
  // Commander would print its own message and exit with 1.
  program.addCommand(
    make()
      .exitOverride()
      .configureOutput({ outputError: () => {} }),
  );
}
program.configureOutput({ outputError: () => {} });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are no errors.
    if (error.exitCode === 0) return exitCodes.pass;
    // Without a command, commander has shown the help already.
    if (error.code !== 'commander.help') console.error(`rsplab: ${error.message.replace(/^error: /, '')}`);
    return exitCodes.badInput;
  }
  const code = codeOf(error);
  console.error(`rsplab: ${code || !(error instanceof Error) ? messageOf(error) : error.stack}`);
  return code === 'bad-input' ? exitCodes.badInput : exitCodes.unknown;
}
