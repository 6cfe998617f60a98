/**
 * Whether a lab got the computing time that it wanted. The kernel of a virtual machine counts what its hypervisor
 * withheld (steal); a lab kernel cannot know that of itself, for it is an ordinary process: there the machine's
 * scheduler says how long its processes ran, and how long they waited for a CPU although they could have run.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Shares of the time since the last look. */
export interface CpuLoad {
  readonly seconds: number;
  /** How much of its CPUs the lab used: a lab kernel of its only one, another lab of all the machine has. */
  readonly busy: number;
  /** How much longer a lab kernel would have run, had it not waited for others; null where that cannot be told. */
  readonly waited: number | null;
  /** What the machine's hypervisor withheld of all its CPUs. */
  readonly stolen: number;
}

/**
 * @param kernel process group of a lab kernel; null for a lab on the machine's own kernel
 * @returns what to call for the load since the last call
 */
export function cpuMeter(kernel: number | null): (now: number) => CpuLoad | null {
  let last: { time: number; machine: CpuTimes; group: Map<number, Schedule> } | null = null;
  return (now) => {
    const next = { time: now, machine: machineTimes(), group: kernel === null ? new Map() : groupSchedule(kernel) };
    const before = last;
    last = next;
    if (!before || now <= before.time) return null;
    const seconds = now - before.time;
    const { busy, stolen } = sharesBetween(before.machine, next.machine);
    if (kernel === null) return { seconds, busy, waited: null, stolen };
    const { ran, waited } = scheduledBetween(before.group, next.group);
    return { seconds, busy: ran / seconds, waited: waited / seconds, stolen };
  };
}

/** Ticks since the machine's boot, over all its CPUs. */
export interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly stolen: number;
}

const machineTimes = (): CpuTimes => parseCpuTimes(readFileSync('/proc/stat', 'utf8'));

/** The first line of `/proc/stat`, as proc(5) describes it; guests' time is contained in that of users. */
export function parseCpuTimes(text: string): CpuTimes {
  const [, ...fields] = /^cpu\s.*$/m.exec(text)![0].split(/\s+/);
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] = fields.map(Number);
  return { total: user + nice + system + idle + waiting + irq + softIrq + stolen, idle: idle + waiting, stolen };
}

/** Shares of all CPUs' time; a counter may step back a little, as proc(5) warns of waiting. */
export function sharesBetween(before: CpuTimes, after: CpuTimes): { busy: number; stolen: number } {
  const total = after.total - before.total;
  if (total <= 0) return { busy: 0, stolen: 0 };
  const share = (ticks: number) => Math.min(1, Math.max(0, ticks / total));
  const stolen = share(after.stolen - before.stolen);
  return { busy: share(total - (after.idle - before.idle)) - stolen, stolen };
}

/** Seconds that a process ran, and was ready to run but did not. */
export interface Schedule {
  readonly ran: number;
  readonly waited: number;
}

/** `/proc/PID/schedstat`: nanoseconds on a CPU, nanoseconds waiting for one, times on one. */
export function parseSchedule(text: string): Schedule {
  const [ran = 0, waited = 0] = text.trim().split(/\s+/).map(Number);
  return { ran: ran / 1e9, waited: waited / 1e9 };
}

/** All processes of a group; those of a lab kernel are a few dozen, of which one runs at a time. */
function groupSchedule(group: number): Map<number, Schedule> {
  const found = new Map<number, Schedule>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // Behind the name, which may hold anything: state, parent, group.
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) continue;
      found.set(Number(entry), parseSchedule(readFileSync(`/proc/${entry}/schedstat`, 'utf8')));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Of processes that began in between everything counts; what one did last that ended is not known. */
export function scheduledBetween(
  before: ReadonlyMap<number, Schedule>,
  after: ReadonlyMap<number, Schedule>,
): Schedule {
  let [ran, waited] = [0, 0];
  for (const [pid, now] of after) {
    const then = before.get(pid) ?? { ran: 0, waited: 0 };
    ran += Math.max(0, now.ran - then.ran);
    waited += Math.max(0, now.waited - then.waited);
  }
  return { ran, waited };
}
