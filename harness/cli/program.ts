/** Reads the command line, runs one command, turns what is thrown into one sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { codeOf, isOfTheSystem, messageOf } from '../base/errors.js';
import { rsplabVersion } from '../run/versions.js';
import { exitCodes } from './exit.js';
import { watchOutput } from './output.js';

/** Read when asked for: drawing figures takes longer to load than a bad input to refuse. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./run.js')).runCommand(),
  sweep: async () => (await import('./sweep.js')).sweepCommand(),
  work: async () => (await import('./work.js')).workCommand(),
  shrink: async () => (await import('./shrink.js')).shrinkCommand(),
  explore: async () => (await import('./explore.js')).exploreCommand(),
  gate: async () => (await import('./gate.js')).gateCommand(),
  twins: async () => (await import('./twins.js')).twinsCommand(),
  findings: async () => (await import('./findings.js')).findingsCommand(),
  figures: async () => (await import('./figures.js')).figuresCommand(),
  reproduce: async () => (await import('./reproduce.js')).reproduceCommand(),
  compare: async () => (await import('./compare.js')).compareCommand(),
  report: async () => (await import('./report.js')).reportCommand(),
  list: async () => (await import('./list.js')).listCommand(),
  calibrate: async () => (await import('./calibrate.js')).calibrateCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
  remote: async () => (await import('./remote.js')).remoteCommand(),
  image: async () => (await import('./image.js')).imageCommand(),
  clean: async () => (await import('./clean.js')).cleanCommand(),
};

/** @returns the exit code, once all output is written or known to be lost */
export async function main(): Promise<number> {
  const output = watchOutput();
  const code = await perform();
  const lost = await output.flush();
  if (lost === undefined) return code ?? exitCodes.pass;
  process.stderr.write(`rsplab: the output could not be written: ${lost.message}\n`);
  await output.flush();
  // A verdict stands, whoever could read it; what only prints has failed.
  return code ?? exitCodes.unknown;
}

/** @returns what the command says it came to; undefined from one that judges nothing */
async function perform(): Promise<number | undefined> {
  try {
    const program = await programFor(process.argv[2] ?? '');
    await program.parseAsync();
    return process.exitCode === undefined ? undefined : Number(process.exitCode);
  } catch (error) {
    return report(error);
  }
}

async function programFor(asked: string): Promise<Command> {
  const program = new Command('rsplab')
    .description(
      'The laboratory for Reliable Server Pooling (RSerPool): real components, emulated networks, faults, numbers.',
    )
    .version(rsplabVersion())
    .exitOverride();
  for (const name of namesFor(asked)) {
    const command = await commands[name]!();
    // Commander would print its own message and exit with 1.
    program.addCommand(command.exitOverride().configureOutput({ outputError: () => {} }));
  }
  return program.configureOutput({ outputError: () => {} });
}

/** Only for help, or to suggest a name, are all commands needed. */
function namesFor(asked: string): string[] {
  if (Object.hasOwn(commands, asked)) return [asked];
  return ['-V', '--version'].includes(asked) ? [] : Object.keys(commands);
}

function report(error: unknown): number | undefined {
  if (error instanceof CommanderError) {
    // Help and version are no errors.
    if (error.exitCode === 0) return undefined;
    // Without a command, commander has shown the help already.
    if (error.code !== 'commander.help') console.error(`rsplab: ${sentence(error)}`);
    return exitCodes.badInput;
  }
  const code = codeOf(error);
  const isExpected = code || isOfTheSystem(error) || !(error instanceof Error);
  console.error(`rsplab: ${isExpected ? messageOf(error) : error.stack}`);
  return code === 'bad-input' ? exitCodes.badInput : exitCodes.unknown;
}

/** Without commander's own prefix, and a suggestion of what may be meant on the same line. */
function sentence({ message }: CommanderError): string {
  return message.replace(/^error: /, '').replaceAll('\n', ' ');
}
