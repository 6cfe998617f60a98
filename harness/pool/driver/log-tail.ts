import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/**
 * Reads a growing log piece by piece, so that watching a long one stays cheap. A log that is not there yet is empty.
 * What is read is short and in memory, so it is read at once.
 */
export class LogTail {
  #offset = 0;

  constructor(private readonly file: string) {}

  /** Skips what is there already. */
  async toEnd(): Promise<void> {
    this.#offset = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** What was added since the last reading, whole lines only. */
  async read(): Promise<string> {
    const handle = openIfThere(this.file);
    if (handle === undefined) return '';
    try {
      const size = fstatSync(handle).size - this.#offset;
      if (size <= 0) return '';
      const buffer = Buffer.alloc(size);
      const read = readSync(handle, buffer, 0, size, this.#offset);
      const whole = buffer.subarray(0, buffer.subarray(0, read).lastIndexOf('\n') + 1);
      this.#offset += whole.length;
      return whole.toString('utf8');
    } finally {
      closeSync(handle);
    }
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
}

/** The logs of components that may start new ones at any time: what was added to any of them. */
export class LogTails {
  readonly #tails = new Map<string, LogTail>();

  /** @param files those that there are at the moment */
  constructor(private readonly files: () => readonly string[]) {}

  /** Skips what is there already. */
  async toEnd(): Promise<void> {
    await Promise.all(this.#current().map((tail) => tail.toEnd()));
  }

  /** What was added since the last reading, whole lines only. */
  async read(): Promise<string> {
    this.#current();
    // A component that has ended may have said something first.
    return (await Promise.all([...this.#tails.values()].map((tail) => tail.read()))).join('');
  }

  #current(): LogTail[] {
    return this.files().map((file) => {
      const tail = this.#tails.get(file) ?? new LogTail(file);
      this.#tails.set(file, tail);
      return tail;
    });
  }
}
