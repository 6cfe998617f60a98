/**
 * Runs inside the lab kernel, as root of a machine whose file tree is the host's: prepares it and runs the job.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { interrupted, messageOf } from '../../base/errors.js';
import { adoptEnvironment } from '../../base/tools.js';
import { faultModules } from '../leg.js';
import { type Inside, type Job, stopWord } from './job.js';

/** hmac, md5 and sha1 before sctp: without them its listen() fails with ENOSYS. */
const modules = [
  ...['hmac', 'md5', 'sha1_generic', 'crc32c_generic', 'sctp', 'sch_netem', 'veth', 'bridge', 'af_packet'],
  ...faultModules,
];

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Job;
const stopping = hostAsksToStop();
try {
  await prepare(job);
  const { inside } = (await import(job.module)) as { inside: Inside };
  process.exit(await inside(job.input, stopping));
} catch (error) {
  console.log(`The lab kernel's job failed: ${error instanceof Error ? error.stack : messageOf(error)}`);
  process.exit(1);
}

/** The console is the line to the host; its end is init.sh's business. */
function hostAsksToStop(): AbortSignal {
  const stop = new AbortController();
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line.trim() === stopWord) stop.abort(interrupted('The run was asked to stop'));
  });
  return stop.signal;
}

async function prepare({ environment, modules: folder }: Job): Promise<void> {
  adoptEnvironment(environment);
  await execa('mount', ['-t', 'sysfs', 'sysfs', '/sys']);
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  await execa('mount', ['-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup']);
  // Kernel messages would tear the lines that we send on the console.
  writeFileSync('/proc/sys/kernel/printk', '1');
  mkdirSync('/run/netns');
  await execa('modprobe', ['--all', '--dirname', folder, ...modules]);
}
