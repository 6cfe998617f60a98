import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';
import { labBroken } from '../../base/errors.js';

/** @returns what is in the machine's memory, seen from inside, where its kernel has nothing itself */
export function memoryAt(address: number, bytes: number): Buffer {
  const [readable, shared] = [1, 1];
  const library = koffi.load('libc.so.6');
  const map = library.func('void *mmap(void *, size_t, int, int, int, long)');
  const advise = library.func('int madvise(void *, size_t, int)');
  const memory = openSync('/dev/mem', 'r');
  const mapped = map(null, bytes, readable, shared, memory, address);
  closeSync(memory);
  // Otherwise each process that starts copies the table of its pages, which takes longer than all else.
  const notForChildren = 10;
  if (advise(mapped, bytes, notForChildren) !== 0) throw labBroken('The memory of the job is copied to each process');
  return Buffer.from(koffi.view(mapped, bytes));
}
