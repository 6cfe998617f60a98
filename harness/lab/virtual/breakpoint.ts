/**
 * Where the machine is paused: at a breakpoint of QEMU's debugger, on the first instruction of a program that does
 * nothing. Other ways to ask for a pause leave QEMU's threads a choice: who of them is first decides whether the clock
 * moves on before the machine stands still. A breakpoint stops the processor while the other thread has to wait.
 */
import type { Duplex } from 'node:stream';
import { labBroken } from '../../base/errors.js';

/** Lower than programs lie by themselves, so that nothing else is ever executed there. */
const loadAddress = 0x10000;
const headerBytes = 64;
const segmentBytes = 56;
const entry = loadAddress + headerBytes + segmentBytes;

/** mov eax, 60 (exit); xor edi, edi; syscall */
const code = Buffer.of(0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05);

/** A program for Linux on x86-64 (`man 5 elf`) with one segment, loaded at an address of its own. */
export function pauseProgram(): Buffer {
  const size = headerBytes + segmentBytes + code.length;
  const file = Buffer.alloc(size);
  const [executable, x86Machine, loadable, readAndExecute, page] = [2, 62, 1, 5, 0x1000];
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(executable, 16);
  file.writeUInt16LE(x86Machine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(entry), 24);
  file.writeBigUInt64LE(BigInt(headerBytes), 32);
  file.writeUInt16LE(headerBytes, 52);
  file.writeUInt16LE(segmentBytes, 54);
  file.writeUInt16LE(1, 56);
  const segment = file.subarray(headerBytes);
  segment.writeUInt32LE(loadable, 0);
  segment.writeUInt32LE(readAndExecute, 4);
  for (const [at, value] of [0, loadAddress, loadAddress, size, size, page].entries()) {
    segment.writeBigUInt64LE(BigInt(value), 8 + 8 * at);
  }
  code.copy(file, headerBytes + segmentBytes);
  return file;
}

/**
 * Has a machine that does nothing yet begin, until it comes to the breakpoint. The stream speaks GDB's remote protocol.
 * @throws HarnessError `lab-broken` when QEMU is gone, or does not know a breakpoint
 */
export async function runToBreakpoint(stream: Duplex): Promise<void> {
  const ask = conversation(stream);
  const breakpoint = `1,${entry.toString(16)},1`;
  const expect = async (command: string, wanted: RegExp) => {
    const answer = await ask(command);
    if (!wanted.test(answer)) throw labBroken(`QEMU's debugger answered ${command} with '${answer}'`);
  };
  await expect(`Z${breakpoint}`, /^OK$/);
  await expect('c', /^T05/);
  await expect(`z${breakpoint}`, /^OK$/);
}

/** Packets as in `$OK#9a`, of which each is acknowledged by a `+`. */
function conversation(stream: Duplex): (command: string) => Promise<string> {
  let text = '';
  let resolve: (answer: string) => void;
  let reject: (error: Error) => void;
  stream.on('data', (data: Buffer) => {
    text += data.toString('latin1');
    const packet = /\$([^#]*)#../.exec(text);
    if (!packet) return;
    text = '';
    stream.write('+');
    resolve(packet[1]!);
  });
  const end = () => reject?.(labBroken('QEMU ended before its machine had paused'));
  for (const event of ['error', 'close']) stream.on(event, end);
  return (command) => {
    const sum = [...Buffer.from(command)].reduce((total, byte) => (total + byte) % 256, 0);
    return new Promise((...ways) => {
      [resolve, reject] = ways;
      stream.write(`$${command}#${sum.toString(16).padStart(2, '0')}`);
    });
  };
}
