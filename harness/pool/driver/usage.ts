/** What a process has used of its machine, by what the kernel says of it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** Physical memory in KiB, now and at most so far. */
  readonly memory: number;
  readonly mostMemory: number;
  /** CPU time of all its threads, in seconds. */
  readonly cpuSeconds: number;
}

/** @returns null when it cannot be told, as of a process that is over or on another machine */
export function usageOf(pid: number): Usage | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [memory, mostMemory] = ['VmRSS', 'VmHWM'].map((name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]),
    );
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    const cpuSeconds = nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
    return { memory: memory!, mostMemory: mostMemory!, cpuSeconds };
  } catch {
    return null;
  }
}
