import { readFileSync } from 'node:fs';

/** Physical memory of a process now and at most so far, in KiB; null when it cannot be told. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [now, most] = ['VmRSS', 'VmHWM'].map((name) => new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
    return now && most ? { now: Number(now), most: Number(most) } : null;
  } catch {
    return null;
  }
}
