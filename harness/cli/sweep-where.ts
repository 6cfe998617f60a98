/** Who runs a sweep, by what was asked for: this machine, a queue's workers, a cluster. */
import { fileURLToPath } from 'node:url';
import { badInput } from '../base/errors.js';
import type { SweepOptions } from '../sweep/sweep.js';
import { countFrom } from './settings.js';
import { queueAddress, secondsFrom } from './work.js';

interface WhereFlags {
  readonly queue?: string | true;
  readonly chunk: string;
  readonly slurm?: string;
  readonly jobs?: string;
  readonly anySize?: boolean;
}

/**
 * @returns undefined for this machine
 * @throws HarnessError `bad-input` for several of them at once, or what this machine cannot reach
 */
export async function executorFor(
  file: string,
  options: SweepOptions,
  flags: WhereFlags,
): Promise<SweepOptions['executor']> {
  const { queue, chunk, slurm } = flags;
  if (queue !== undefined && slurm !== undefined) throw badInput('sweep: expected --queue or --slurm, got both');
  if (queue !== undefined) {
    const address = queueAddress('--queue', queue);
    // Slow to load, and most sweeps need no queue.
    const { queueExecutor } = await import('../sweep/queue/foreman.js');
    return queueExecutor({ address, chunkSeconds: secondsFrom('--chunk', chunk) });
  }
  if (slurm === undefined) return undefined;
  if (options.shard) throw badInput('sweep: expected --shard or --slurm, which makes shards itself, got both');
  const jobs = countFrom('--slurm', slurm);
  const { checkSlurm, slurmExecutor } = await import('../sweep/slurm.js');
  checkSlurm();
  return slurmExecutor({ jobs, replications: options.replications, command: shardCommand(file, options, flags) });
}

/** The sweep's own command as another machine types it, on which the same folders are shared. */
function shardCommand(file: string, options: SweepOptions, { jobs, anySize }: WhereFlags): string[] {
  const { subject, seed, replications, restriction, phases } = options;
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const settings = [
    ...Object.entries(restriction).map(([name, values]) => `${name}=${values.join(',')}`),
    ...Object.entries(phases).map(([name, value]) => `${name}=${value}`),
  ];
  return [
    ...[process.execPath, main, 'sweep', file, '--on', subject.name, '--seed', String(seed)],
    ...['--replications', String(replications), '--jobs', jobs ?? '1'],
    ...settings.flatMap((setting) => ['--set', setting]),
    ...(anySize ? ['--any-size'] : []),
  ];
}
