import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { labBroken, messageOf } from '../base/errors.js';
import type { LabProcess, ProcessEnd, StartOptions } from './lab.js';

/**
 * Starts a process that writes straight into its log file, so that nothing it printed is lost with us.
 * @throws HarnessError `lab-broken` when the program cannot be started
 */
export async function startProcess(
  command: readonly string[],
  { log, output = log, workingDirectory }: StartOptions,
  environment: Record<string, string>,
): Promise<LabProcess> {
  const [file, ...rest] = command;
  const [out, err] = await Promise.all([output, log].map((name) => open(join(workingDirectory, name), 'a')));
  try {
    const child = execa(file!, rest, {
      cwd: workingDirectory,
      env: environment,
      stdin: 'ignore',
      // Any file descriptor works; execa's types name only the standard ones.
      stdout: out!.fd as 1,
      stderr: err!.fd as 1,
      buffer: false,
      reject: false,
      // Its own process group: Ctrl-C in a terminal is for us alone, who then end it in good order.
      detached: true,
      cleanup: true,
    });
    const ended = child.then(({ exitCode, signal, cause }): ProcessEnd => {
      if (child.pid === undefined) throw labBroken(`Cannot start ${file}: ${messageOf(cause)}`);
      return { exitCode: exitCode ?? null, signal: signal ?? null };
    });
    if (child.pid === undefined) await ended;
    return {
      pid: child.pid!,
      ended,
      signal: (name) => {
        if (!child.kill(name)) throw labBroken(`Cannot send ${name} to process ${child.pid} (${file}): it is gone`);
        // What it started shares its fate; asked to leave, it sees to that itself.
        if (name !== 'SIGINT' && name !== 'SIGTERM') signalIfAlive(-child.pid!, name);
      },
    };
  } finally {
    await Promise.all([out!.close(), err!.close()]);
  }
}

/** Ends a process group at once; harmless when it is gone. */
export const killGroup = (leader: number): void => killIfAlive(-leader);

/** Ends a process, or with a negative number a group, at once; harmless when it is gone. */
export const killIfAlive = (pid: number): void => signalIfAlive(pid, 'SIGKILL');

function signalIfAlive(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
