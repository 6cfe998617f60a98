/** A job in the machine in virtual time: from its snapshot to the files that it leaves. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { labBroken } from '../../base/errors.js';
import { guestPackages } from '../../base/guest-packages.js';
import { temporaryFolder } from '../../base/temporary.js';
import { exitLine } from '../guest/job.js';
import type { LabKernel } from '../guest/kernel.js';
import { virtualFingerprint } from './fingerprint.js';
import { follow } from './follow.js';
import type { JobCode, VirtualJob } from './guest.js';
import { makeImage } from './image.js';
import type { JobName } from './jobs.js';
import type { MachineFiles, MachineSetting } from './machine.js';
import { askToStop, type ParcelFile, writeParcel } from './parcel.js';
import { bootToPause, goOn, type Machine, startMachine } from './qemu.js';
import { snapshotFor } from './snapshot.js';

export interface VirtualBoot {
  readonly session: string;
  /** Gets the files that the job leaves. */
  readonly folder: string;
  /** File that gets the lines which the job tells, as it tells them, whatever happens to this process. */
  readonly line: string;
  readonly onLine: (line: string) => void;
  readonly job: JobName | JobCode;
  readonly input: unknown;
  /** Laid into the machine before the job begins. @defaultValue none */
  readonly files?: readonly ParcelFile[];
  readonly seed: number;
  readonly setting: MachineSetting;
  /** Whether to boot the machine, which takes longer and comes to the same. */
  readonly withoutSnapshot?: boolean;
}

/**
 * Starts a job in a machine of its own.
 * @throws HarnessError `bad-input` when parts of the machine are missing, `lab-broken` when it does not start
 */
export async function bootVirtual(options: VirtualBoot): Promise<LabKernel> {
  const { session, folder: results, line, onLine, job, input, seed, setting } = options;
  const { hash } = virtualFingerprint(setting);
  const folder = await mkdtemp(join(temporaryFolder(), `rsplab-${session}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const order: VirtualJob = { job, input, chance: createHash('sha512').update(`chance ${seed}`).digest('hex') };
    writeParcel(join(folder, 'parcel'), { order, files: options.files ?? [] });
    const files = { parcel: join(folder, 'parcel'), line, results: join(folder, 'results.tar') };
    const machine = await (options.withoutSnapshot
      ? coldMachine(files, setting, folder)
      : warmMachine(files, { setting, hash, say: () => {} }, folder));
    const stopFollowing = follow(line, onLine);
    const ended = watchJob(machine, () => takeResults(files.results, results)).finally(async () => {
      stopFollowing();
      await remove();
    });
    await goOn(machine);
    return { pid: machine.pid, ended, kill: machine.kill, stop: () => askToStop(files.parcel) };
  } catch (error) {
    await remove();
    throw error;
  }
}

type JobFiles = Pick<MachineFiles, 'parcel' | 'line' | 'results'>;

async function warmMachine(
  files: JobFiles,
  options: Parameters<typeof snapshotFor>[0],
  folder: string,
): Promise<Machine> {
  const { memory, state } = await snapshotFor(options);
  // What the image holds is in the memory already, but QEMU wants a file.
  const image = join(folder, 'no-image');
  await writeFile(image, '\n');
  const { setting } = options;
  return startMachine({ files: { ...files, memory, image, kernel: guestPackages()!.kernel }, setting, folder, state });
}

async function coldMachine(files: JobFiles, setting: MachineSetting, folder: string): Promise<Machine> {
  const packages = guestPackages()!;
  const image = await makeImage(packages, folder);
  const memory = join(folder, 'memory');
  return bootToPause({ files: { ...files, memory, image, kernel: packages.kernel }, setting, folder });
}

/** @returns the job's exit code, when its results are where they belong */
async function watchJob({ console, ended, kill }: Machine, takeResults: () => Promise<void>): Promise<number> {
  const seen: string[] = [];
  let exitCode: number | undefined;
  const lines = createInterface({ input: console });
  // Of a machine that is gone; its end is told by itself.
  lines.on('error', () => {});
  lines.on('line', (text) => {
    const exit = exitLine.exec(text.replace(/\r$/, ''));
    if (exit) exitCode = Number(exit[1]);
    else seen.push(text.trim());
    if (seen.length > 10) seen.shift();
  });
  const words = await ended;
  kill();
  if (exitCode === undefined) {
    throw labBroken(`The virtual machine ended (${words}) before its job did: ${seen.join(' | ')}`);
  }
  await takeResults();
  if (exitCode !== 0 && seen.length > 0) throw labBroken(`The job in the virtual machine failed: ${seen.join(' | ')}`);
  return exitCode;
}

async function takeResults(archive: string, folder: string): Promise<void> {
  if (!existsSync(archive)) throw labBroken('The virtual machine left no results');
  const { failed, stderr } = await execa('tar', ['-x', '-f', archive, '-C', folder, '--no-same-owner'], {
    reject: false,
  });
  if (failed) throw labBroken(`The virtual machine's results cannot be unpacked; is the disk full? ${stderr}`);
}
