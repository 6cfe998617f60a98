/** What kind of file a program is: the beginning of it tells (`man 5 elf`, `man 2 execve`). */
import { closeSync, openSync, readSync } from 'node:fs';

export type ProgramKind =
  | { readonly kind: 'script'; readonly interpreter: string }
  /** `machine` as people call it; undefined for this one. */
  | { readonly kind: 'binary'; readonly foreign: string | undefined }
  | { readonly kind: 'unknown' };

const machines: Readonly<Record<number, string>> = { 3: 'i386', 40: 'arm', 183: 'arm64', 243: 'riscv64' };
const x86Machine = 62;

export function kindOf(path: string): ProgramKind {
  const head = beginningOf(path);
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    const [interpreter = ''] = head.toString('utf8', 2).trim().split(/\s/);
    return { kind: 'script', interpreter };
  }
  if (head.length < 20 || head.subarray(0, 4).toString('latin1') !== '\x7fELF') return { kind: 'unknown' };
  const isLittleEndian = head[5] === 1;
  const machine = isLittleEndian ? head.readUInt16LE(18) : head.readUInt16BE(18);
  if (machine === x86Machine) return { kind: 'binary', foreign: undefined };
  return { kind: 'binary', foreign: machines[machine] ?? `machine ${machine}` };
}

function beginningOf(path: string): Buffer {
  const handle = openSync(path, 'r');
  try {
    const head = Buffer.alloc(256);
    const read = readSync(handle, head, 0, head.length, 0);
    return head.subarray(0, read);
  } finally {
    closeSync(handle);
  }
}
