/**
 * Boots Debian's user-mode Linux as an ordinary process and has it run one job. No root is needed: inside, the user is
 * root; outside, it is whoever started it.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { badInput, labBroken } from '../../base/errors.js';
import { temporaryFolder } from '../../base/temporary.js';
import { findTool, toolEnvironment, umlModules } from '../../base/tools.js';
import { exitLine, type Job, stopWord } from '../guest/job.js';
import type { LabKernel } from '../guest/kernel.js';
import { killGroup } from '../process.js';
import { memoryFolder } from './memory.js';

export interface BootOptions {
  readonly session: string;
  /** Where the job leaves its results. */
  readonly folder: string;
  /** Compiled module that runs inside; see {@link Job}. */
  readonly module: string;
  readonly input: unknown;
  readonly memoryMiB: number;
  /** Each line that the job prints. */
  readonly onLine: (line: string) => void;
}

/** What user-mode Linux needs beside the job itself. */
export interface UmlJob extends Job {
  readonly session: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for `modprobe -d`. */
  readonly modules: string;
}

/**
 * @throws HarnessError `bad-input` when user-mode Linux is not installed or not prepared, `lab-broken` when there is no
 * room for its memory
 */
export async function bootLabKernel({
  session,
  folder: results,
  module,
  input,
  memoryMiB,
  onLine,
}: BootOptions): Promise<LabKernel> {
  const linux = findTool('linux.uml');
  const modules = umlModules();
  if (!linux || !modules) {
    throw badInput('lab uml: expected user-mode Linux and its modules, got none; `npm run setup` installs them');
  }
  const memory = memoryFolder(memoryMiB);
  const environment = toolEnvironment();
  const folder = await jobFolder(session, { module, input, session, folder: results, environment, modules });
  const kernel = execa(
    linux,
    [
      ...['rootfstype=hostfs', 'rootflags=/', 'rw', 'quiet', `init=${join(folder, 'init')}`, `RSPLAB_JOB=${folder}`],
      ...[`mem=${memoryMiB}M`, 'con=null', 'con0=fd:0,fd:1', `uml_dir=${folder}`, `umid=${umid(session)}`],
    ],
    {
      buffer: false,
      reject: false,
      // A process group of its own: Ctrl-C in the terminal is for us, who then ask the job to stop.
      detached: true,
      env: { TMPDIR: memory },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  );
  const { pid } = kernel;
  const seen: string[] = [];
  let exitCode: number | undefined;
  const take = (line: string) => {
    const text = line.replace(/\r$/, '');
    const exit = exitLine.exec(text);
    if (exit) exitCode = Number(exit[1]);
    else onLine(text);
    seen.push(text);
    if (seen.length > 10) seen.shift();
  };
  for (const input of [kernel.stdout, kernel.stderr]) createInterface({ input }).on('line', take);
  // All of the kernel's processes are in its group. Killing only the first would let the others run wild on the host.
  const kill = () => killGroup(pid!);
  const ended = kernel.then(async (result) => {
    if (pid !== undefined) kill();
    await rm(folder, { recursive: true, force: true });
    if (exitCode !== undefined) return exitCode;
    throw labBroken(
      `The lab kernel ended (${result.signal ?? result.exitCode}) before its job did: ${seen.join(' | ')}`,
    );
  });
  if (pid === undefined) await ended;
  return { pid: pid!, ended, kill, stop: () => kernel.stdin.write(`${stopWord}\n`) };
}

/** Names the kernel in the machine's process list, so that a forgotten one can be told from others. */
export const umid = (session: string): string => `rsplab-${session}`;

/** Links instead of paths on the kernel's command line, which blanks would split; so its own path has none. */
async function jobFolder(session: string, job: UmlJob): Promise<string> {
  const folder = await mkdtemp(join(temporaryFolder(), `rsplab-${session}-`));
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  await symlink(process.execPath, join(folder, 'node'));
  await symlink(here('guest.js'), join(folder, 'guest.js'));
  // The script is not compiled, so it stays with the sources.
  await symlink(here('../../../../harness/lab/uml/init.sh'), join(folder, 'init'));
  await writeFile(join(folder, 'job.json'), JSON.stringify(job));
  return folder;
}
