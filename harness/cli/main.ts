#!/usr/bin/env node
/** The command line's entry: reads it, runs one command, turns what is thrown into one sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { codeOf, messageOf } from '../base/errors.js';
import { rsplabVersion } from '../run/versions.js';
import { exitCodes } from './exit.js';

/** Read when asked for: drawing figures takes longer to load than a bad input to refuse. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./run.js')).runCommand(),
  sweep: async () => (await import('./sweep.js')).sweepCommand(),
  shrink: async () => (await import('./shrink.js')).shrinkCommand(),
  gate: async () => (await import('./gate.js')).gateCommand(),
  figures: async () => (await import('./figures.js')).figuresCommand(),
  compare: async () => (await import('./compare.js')).compareCommand(),
  report: async () => (await import('./report.js')).reportCommand(),
  list: async () => (await import('./list.js')).listCommand(),
  calibrate: async () => (await import('./calibrate.js')).calibrateCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
  image: async () => (await import('./image.js')).imageCommand(),
  clean: async () => (await import('./clean.js')).cleanCommand(),
};

const program = new Command('rsplab')
  .description(
    'The laboratory for Reliable Server Pooling (RSerPool): real components, emulated networks, faults, numbers.',
  )
  .version(rsplabVersion())
  .exitOverride();

const asked = process.argv[2] ?? '';
for (const name of Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands)) {
  const command = await commands[name]!();
  // Commander would print its own message and exit with 1.
  program.addCommand(command.exitOverride().configureOutput({ outputError: () => {} }));
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
    if (error.code !== 'commander.help') console.error(`rsplab: ${sentence(error)}`);
    return exitCodes.badInput;
  }
  const code = codeOf(error);
  console.error(`rsplab: ${code || !(error instanceof Error) ? messageOf(error) : error.stack}`);
  return code === 'bad-input' ? exitCodes.badInput : exitCodes.unknown;
}

/** Without commander's own prefix, and a suggestion of what may be meant on the same line. */
function sentence({ message }: CommanderError): string {
  return message.replace(/^error: /, '').replaceAll('\n', ' ');
}
