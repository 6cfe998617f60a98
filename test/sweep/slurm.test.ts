/** A sweep on a cluster: Slurm's own daemons, all on this machine and on loopback alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnMachine } from '../../harness/base/tools.js';
import { jobOf, rangesOf, statesOf } from '../../harness/sweep/slurm.js';
import { temporaryFolder } from '../temporary.js';
import { freePort, until } from './redis.js';
import { runsOf, tableOf } from './sweeps.js';

const daemons = ['munged', 'slurmctld', 'slurmd'] as const;
const isPossible = process.getuid?.() === 0 && [...daemons, 'sbatch'].every((name) => findOnMachine(name));
const main = new URL('../../dist/harness/cli/main.js', import.meta.url).pathname;

describe.skipIf(!isPossible)('a sweep on a cluster', { timeout: 120_000 }, () => {
  // A short name: sockets have it in theirs.
  const folder = isPossible ? mkdtempSync(join(tmpdir(), 'sl-')) : '';
  const config = join(folder, 'slurm.conf');
  const env = { ...process.env, SLURM_CONF: config };
  const running: ChildProcess[] = [];
  const start = (name: string, ...options: string[]) =>
    running.push(spawn(findOnMachine(name)!, options, { env, stdio: 'ignore' }));
  const rsplab = (...args: string[]) => execa(process.execPath, [main, ...args], { env, reject: false });

  beforeAll(async () => {
    const host = hostname().split('.')[0]!;
    for (const name of ['state', 'spool', 'munge']) mkdirSync(join(folder, name), { mode: 0o755 });
    writeFileSync(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o400 });
    const munge = (name: string) => join(folder, 'munge', name);
    const ports = [await freePort(), await freePort()];
    writeFileSync(config, slurmConfig(host, folder, ports));
    const files = [`--pid-file=${munge('pid')}`, `--log-file=${munge('log')}`, `--seed-file=${munge('seed')}`];
    const keys = [`--key-file=${join(folder, 'munge.key')}`, `--socket=${munge('socket')}`];
    start('munged', '--foreground', '--force', ...keys, ...files);
    start('slurmctld', '-D', '-f', config);
    start('slurmd', '-D', '-f', config, '-N', host);
    await until('an idle node', async () => {
      const { stdout } = await execa('sinfo', ['--noheader', '--format=%T'], { env, reject: false });
      return stdout === 'idle';
    });
  }, 90_000);
  afterAll(async () => {
    for (const child of running.reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
      child.kill('SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the tables of a local one, byte for byte, and leaves no job', async () => {
    const words = ['sweep', 'test/sweep/small.ts', '--replications', '2', '--set', 'policy=Random', '--json'];
    const cluster = await rsplab(...words, '--slurm', '2', '--out', temporaryFolder());
    expect(cluster.stderr).toContain('slurm: job 1, shards 1-2 of 2');
    expect(cluster.exitCode).toBe(0);
    const local = await rsplab(...words, '--out', temporaryFolder());
    const [there, here] = [cluster, local].map(({ stdout }) => JSON.parse(stdout).folder as string) as [string, string];
    expect(tableOf(there)).toBe(tableOf(here));
    expect(runsOf(there)).toBe(runsOf(here));
    expect(readFileSync(join(there, 'slurm', 'shard.sh'), 'utf8')).toContain('--shard "$SLURM_ARRAY_TASK_ID/2"');
    // Jobs are listed for some seconds after their end, as completed ones.
    const { stdout } = await execa('squeue', ['--noheader'], { env });
    expect(stdout).toBe('');
  });
});

function slurmConfig(host: string, folder: string, [controller, daemon]: readonly number[]): string {
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
SlurmctldPort=${controller}
SlurmdPort=${daemon}
SlurmUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

describe('what Slurm says', () => {
  it('is read: the job, with and without a cluster', () => {
    expect(jobOf('17\n')).toBe('17');
    expect(jobOf('17;alpha\n')).toBe('17');
    expect(() => jobOf('Submitted batch job 17')).toThrow(/expected a job's number/);
  });

  it('is read: the states of an array, of which those that are over are none', () => {
    const said = 'RUNNING\nPENDING\nCOMPLETING\nPENDING\nFAILED\nCOMPLETED\nCANCELLED\n';
    expect(statesOf(said)).toEqual({ running: 2, waiting: 2 });
    expect(statesOf('')).toEqual({ running: 0, waiting: 0 });
  });

  it('is told: ranges of shards', () => {
    expect(rangesOf([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10');
  });
});

it.skipIf(findOnMachine('sbatch'))('a machine without Slurm says so in one sentence', async () => {
  const words = ['sweep', 'test/sweep/small.ts', '--slurm', '2', '--out', temporaryFolder()];
  const { exitCode, stderr } = await execa(process.execPath, [main, ...words], { reject: false });
  expect(stderr).toMatch(/^rsplab: --slurm: expected a machine that submits jobs to Slurm, got one without sbatch/);
  expect(exitCode).toBe(2);
});
