/**
 * The machine's two threads take turns: one computes, the other moves the clock on when there is nothing to compute.
 * Handing over is quick on one CPU and slow between two, so each machine keeps to one of its own as long as there are
 * enough.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** By number of CPU: how many machines of this process's have it. */
const given = new Map<number, number>();

/**
 * @returns the CPU for a machine that is about to start, and how to give it back; undefined where there is no choice
 */
export function takeProcessor(): { readonly number: number; release(): void } | undefined {
  const allowed = cpuList(readFileSync('/proc/self/status', 'utf8'));
  if (allowed.length < 2) return undefined;
  const foreign = machinesElsewhere();
  const load = (cpu: number) => (given.get(cpu) ?? 0) + foreign.filter((taken) => taken === cpu).length;
  const number = allowed.reduce((best, cpu) => (load(cpu) < load(best) ? cpu : best));
  given.set(number, (given.get(number) ?? 0) + 1);
  return { number, release: () => void given.set(number, given.get(number)! - 1) };
}

/** `Cpus_allowed_list` of `/proc/PID/status`, as in `0-2,5`. */
export function cpuList(status: string): number[] {
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

/** The CPUs that machines of other processes keep to. */
function machinesElsewhere(): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const isOurs = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]) === process.pid;
      const cpus = /^Name:\s*qemu-system/.test(status) && !isOurs ? cpuList(status) : [];
      return cpus.length === 1 ? cpus : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
