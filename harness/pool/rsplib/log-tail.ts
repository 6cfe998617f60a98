import { open, stat } from 'node:fs/promises';

/**
 * Reads a growing log piece by piece, so that watching a long one stays cheap. A log that is not there yet is empty.
 */
export class LogTail {
  #offset = 0;

  constructor(private readonly file: string) {}

  /** Skips what is there already. */
  async toEnd(): Promise<void> {
    this.#offset = await stat(this.file).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** What was added since the last reading, whole lines only. */
  async read(): Promise<string> {
    const handle = await open(this.file).catch(() => undefined);
    if (!handle) return '';
    try {
      const { size } = await handle.stat();
      const buffer = Buffer.alloc(Math.max(0, size - this.#offset));
      await handle.read(buffer, 0, buffer.length, this.#offset);
      const whole = buffer.subarray(0, buffer.lastIndexOf('\n') + 1);
      this.#offset += whole.length;
      return whole.toString('utf8');
    } finally {
      await handle.close();
    }
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
