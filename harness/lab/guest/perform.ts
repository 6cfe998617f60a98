/** A job in a lab kernel from boot to end: watched over, bounded in time, ended in good order when asked to. */
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { guardSession } from '../guard.js';
import { identityOf, writeLease } from '../lease.js';
import type { LabKernel } from './kernel.js';

export interface KernelJob {
  /** What the lab is called in the lease. */
  readonly lab: string;
  readonly session: string;
  readonly boot: () => Promise<LabKernel>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A kernel that takes longer hangs. */
  readonly withinSeconds: number;
  /** Told the kernel's process, which leads a group of all its processes. */
  readonly onBoot?: (pid: number) => void;
}

/** @returns what went wrong with the kernel itself; nothing when the job ended as it should */
export async function performInKernel(job: KernelJob): Promise<string[]> {
  const { lab, session, clock, signal, withinSeconds } = job;
  await using _guard = guardSession(lab, session);
  const kernel = await job.boot();
  writeLease({ session, lab, owner: identityOf(process.pid)!, kernel: identityOf(kernel.pid) ?? null });
  job.onBoot?.(kernel.pid);
  const stop = () => kernel.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const over = new AbortController();
  let isLate = false;
  const timeout = clock.sleepUntil(clock.now() + withinSeconds, over.signal).then(() => {
    isLate = true;
    kernel.kill();
  });
  timeout.catch(() => {});
  try {
    const exitCode = await kernel.ended;
    return exitCode === 0 ? [] : [`the job in the lab kernel ended with exit code ${exitCode}`];
  } catch (error) {
    // What a kernel says as it is ended explains nothing.
    return [
      isLate ? `the lab kernel was not done within ${withinSeconds} s of real time, and was ended` : messageOf(error),
    ];
  } finally {
    over.abort();
    signal.removeEventListener('abort', stop);
  }
}
