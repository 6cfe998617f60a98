/**
 * Runs inside the machine in virtual time. Loads all that jobs may need, then comes to the breakpoint where its
 * snapshot is taken. Whoever goes on from there finds its job in a memory of its own. Results leave when the job is
 * over: nothing but the serial lines may reach the world before.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { Inside } from '../guest/job.js';
import { runJob, stoppedByHost } from '../guest/prepare.js';
import { pauseProgram } from './breakpoint.js';
import type { JobName } from './jobs.js';
import { memoryAt } from './memory.js';
import { isAskedToStop, type ParcelFile, parcelAddress, parcelSize, readParcel } from './parcel.js';
import { reseed } from './reseed.js';

/** A job that was not loaded before the snapshot: its module, with all that it imports in the same text. */
export interface JobCode {
  readonly code: string;
}

/** What the host hands to the machine. */
export interface VirtualJob {
  readonly job: JobName | JobCode;
  readonly input: unknown;
  /** Hexadecimal digits that all chance in the kernel and its programs grows from. */
  readonly chance: string;
}

const folder = '/run/rsplab/run';
/** The second serial line: what the job tells, line by line. */
const line = '/dev/ttyS1';

const jobs = new Map<string, Inside>();
for (const [name, module] of Object.entries(JSON.parse(readFileSync('/rsplab/jobs.json', 'utf8')))) {
  jobs.set(name, ((await import(`/rsplab/dist/${module}`)) as { inside: Inside }).inside);
}
mkdirSync(`${folder}/logs`, { recursive: true });
await pause();
const parcel = memoryAt(parcelAddress, parcelSize);
const { order, files } = readParcel(parcel);
const { job, input, chance } = order as VirtualJob;
unpack(files);
reseed(Buffer.from(chance, 'hex'));
const host = {
  session: 'inside',
  folder,
  virtualTime: true,
  signal: hostAsksToStop(),
  tell: (text: string) => appendFileSync(line, `${text}\n`),
};
const exitCode = await runJob(() => insideOf(job), input, host);
await handOver();
process.exit(exitCode);

async function insideOf(job: JobName | JobCode): Promise<Inside> {
  if (typeof job === 'string') return jobs.get(job)!;
  // Beside the packages that code asks for.
  const module = '/rsplab/job.mjs';
  writeFileSync(module, job.code);
  return ((await import(module)) as { inside: Inside }).inside;
}

/** Looks at moments that do not depend on whether anybody asks. */
function hostAsksToStop(): AbortSignal {
  const stop = new AbortController();
  const look = setInterval(() => {
    if (!isAskedToStop(parcel)) return;
    clearInterval(look);
    stop.abort(stoppedByHost());
  }, 250);
  return stop.signal;
}

/** There is a breakpoint on it when the machine boots. */
async function pause(): Promise<void> {
  const program = '/run/rsplab/pause';
  writeFileSync(program, pauseProgram(), { mode: 0o755 });
  await execa(program);
}

/** Time does not matter any more, so this device may have a driver now. */
async function handOver(): Promise<void> {
  await execa('modprobe', ['-a', 'virtio_pci', 'virtio_console']);
  await execa('tar', ['-c', '-f', '/dev/vport0p1', '-C', folder, '.']);
}

function unpack(files: readonly ParcelFile[]): void {
  for (const { path, executable, content } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: executable ? 0o755 : 0o644 });
  }
}
