/**
 * What the machine is handed: its job, and files that come with it. They lie in memory of its own (an NVDIMM), so that
 * to read them takes no time to speak of, and none that depends on anything outside.
 */
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { badInput } from '../../base/errors.js';

/** Bytes. The memory is always as large, for a machine that goes on from a snapshot has to be like the one it was. */
export const parcelSize = 2 ** 27;

/** In the machine's memory, above all that it has else. */
export const parcelAddress = 2 ** 35;

export interface ParcelFile {
  /** Where it will be in the machine. */
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

export interface Parcel {
  readonly order: unknown;
  readonly files: readonly ParcelFile[];
}

interface Header {
  readonly order: unknown;
  readonly files: readonly (Omit<ParcelFile, 'content'> & { readonly size: number })[];
}

/** Of the header's length, which comes first. */
const lengthBytes = 4;

/** The last byte: not 0 once the job is asked to stop. */
const stopAt = parcelSize - 1;

/** @throws HarnessError `bad-input` when it is too large */
export function writeParcel(path: string, { order, files }: Parcel): void {
  const header: Header = { order, files: files.map(({ content, ...file }) => ({ ...file, size: content.length })) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  const parts = [length, text, ...files.map(({ content }) => content)];
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  if (size > stopAt) {
    const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
    const expected = `at most ${mebibytes(parcelSize)} MiB of plan and programs`;
    throw badInput(`lab virtual: expected ${expected}, got ${mebibytes(size)}; programs are smaller without symbols`);
  }
  const handle = openSync(path, 'w');
  try {
    for (const part of parts) writeSync(handle, part);
    // What nothing was written to takes no room.
    ftruncateSync(handle, parcelSize);
  } finally {
    closeSync(handle);
  }
}

/** @param memory what `writeParcel` left */
export function readParcel(memory: Buffer): Parcel {
  const begin = lengthBytes + memory.readUInt32BE();
  const { order, files } = JSON.parse(memory.toString('utf8', lengthBytes, begin)) as Header;
  let end = begin;
  return {
    order,
    files: files.map(({ size, ...file }) => {
      end += size;
      return { ...file, content: memory.subarray(end - size, end) };
    }),
  };
}

/**
 * Asks the job that was handed a parcel to stop. The machine's console is no way in: QEMU, while it records, keeps what
 * comes from outside to itself.
 */
export function askToStop(path: string): void {
  // A machine that is gone has taken its parcel with it.
  if (!existsSync(path)) return;
  const handle = openSync(path, 'r+');
  writeSync(handle, '\x01', stopAt);
  closeSync(handle);
}

/** @param memory what `writeParcel` left, as the machine sees it now */
export const isAskedToStop = (memory: Buffer): boolean => memory[stopAt] !== 0;

/** Makes a file of this machine's part of a parcel. */
export const parcelFile = (path: string, from: string, executable: boolean): ParcelFile => ({
  path,
  executable,
  content: readFileSync(from),
});
