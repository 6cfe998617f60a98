/**
 * Runs inside the machine in virtual time. Loads all that jobs may need, then has the machine paused at that very
 * instruction, which is where its snapshot is taken; whoever goes on from there finds its job in the firmware's
 * configuration. Results leave when the job is over: nothing but the serial lines may reach the world before.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import type { Inside } from '../guest/job.js';
import { hostAsksToStop, runJob } from '../guest/prepare.js';
import type { JobName } from './jobs.js';
import { unpackJob } from './machine.js';
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
const { job, input, chance } = await readJob();
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

/** Writes to the panic device, which QEMU was told to answer by pausing the machine; it has no driver here. */
async function pause(): Promise<void> {
  const devices = '/sys/bus/pci/devices';
  const isPanicDevice = (name: string) => readFileSync(`${devices}/${name}/device`, 'utf8').trim() === '0x0011';
  const device = readdirSync(devices).find(isPanicDevice);
  writeFileSync(`${devices}/${device}/enable`, '1');
  const address = readFileSync(`${devices}/${device}/resource`, 'utf8').split(' ')[0]!;
  await execa('devmem', [address, '8', '1']);
}

/** The configuration is read when its driver is loaded, so that has to come after the pause. */
async function readJob(): Promise<VirtualJob> {
  await execa('modprobe', ['qemu_fw_cfg']);
  return unpackJob(readFileSync('/sys/firmware/qemu_fw_cfg/by_name/opt/rsplab/job/raw')) as VirtualJob;
}

/** Time does not matter any more, so this device may have a driver now. */
async function handOver(): Promise<void> {
  await execa('modprobe', ['-a', 'virtio_pci', 'virtio_console']);
  await execa('tar', ['-c', '-f', '/dev/vport0p1', '-C', folder, '.']);
}
