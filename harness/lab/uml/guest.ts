/**
 * Runs inside user-mode Linux, as root of a machine whose file tree is the host's: prepares it and runs the job.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { adoptEnvironment } from '../../base/tools.js';
import { type Inside, stopWord } from '../guest/job.js';
import { kernelModules, runJob, stoppedByHost } from '../guest/prepare.js';
import type { UmlJob } from './boot.js';

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as UmlJob;
const host = {
  session: job.session,
  folder: job.folder,
  virtualTime: false,
  signal: hostAsksToStop(),
  tell: (line: string) => void process.stdout.write(`${line}\n`),
};
const work = async () => {
  await prepare(job);
  return ((await import(job.module)) as { inside: Inside }).inside;
};
process.exit(await runJob(work, job.input, host));

/** The console is the line from the host. */
function hostAsksToStop(): AbortSignal {
  const stop = new AbortController();
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line.trim() === stopWord) stop.abort(stoppedByHost());
  });
  return stop.signal;
}

async function prepare({ environment, modules }: UmlJob): Promise<void> {
  adoptEnvironment(environment);
  await execa('mount', ['-t', 'sysfs', 'sysfs', '/sys']);
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  await execa('mount', ['-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup']);
  // Kernel messages would tear the lines that we send on the console.
  writeFileSync('/proc/sys/kernel/printk', '1');
  mkdirSync('/run/netns');
  await execa('modprobe', ['--all', '--dirname', modules, ...kernelModules]);
}
