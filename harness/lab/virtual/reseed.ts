import { closeSync, openSync, writeSync } from 'node:fs';
import koffi from 'koffi';
import { labBroken } from '../../base/errors.js';

/** `linux/random.h`: has the kernel use at once what was added to its pool, instead of within a minute. */
const RNDRESEEDCRNG = 0x5207;

/**
 * Gives the kernel's random numbers another beginning: a machine that goes on from a snapshot would draw the same ones
 * in each run. The machine's processor has no random numbers of its own, so everything after this follows from `seed`.
 * @throws HarnessError `lab-broken` when the kernel refuses
 */
export function reseed(seed: Buffer): void {
  const ioctl = koffi.load('libc.so.6').func('int ioctl(int, unsigned long, ...)');
  const device = openSync('/dev/urandom', 'r+');
  try {
    writeSync(device, seed);
    if (ioctl(device, RNDRESEEDCRNG) !== 0) throw labBroken('The kernel does not take a seed for its random numbers');
  } finally {
    closeSync(device);
  }
}
