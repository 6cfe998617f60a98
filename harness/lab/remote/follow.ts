/** Files that grow on another machine, and here with them; see `follow.sh`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { scriptOf } from './scripts.js';
import { type SshTarget, talkThrough } from './ssh.js';

/** What looks costs the host some processes. */
const everySeconds = 1;

export class Follower {
  readonly #process;
  readonly #over = new AbortController();
  readonly #ended: Promise<void>;
  #waiting: (() => void)[] = [];
  #buffer = Buffer.alloc(0);
  /** What is still to come of a file. */
  #open: { file: string; bytes: number } | undefined;

  constructor(
    target: SshTarget,
    there: string,
    private readonly here: string,
    private readonly clock: Clock,
  ) {
    this.#process = talkThrough(target, ['sh', '-c', scriptOf('follow'), 'follow', `${there}/logs`]);
    this.#process.stderr.resume();
    this.#process.stdin.on('error', () => {});
    this.#process.stdout.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#ended = this.#process.then(() => this.close());
    this.#repeat().catch(() => {});
  }

  /** Resolves when all that was there when it was called is here, or nothing will come any more. */
  pull(): Promise<void> {
    if (this.#over.signal.aborted) return this.#ended;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin.write('\n');
    });
  }

  close(): void {
    this.#over.abort();
    this.#process.stdin.end();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #repeat(): Promise<void> {
    for (;;) {
      await this.pull();
      await this.clock.sleepUntil(this.clock.now() + everySeconds, this.#over.signal);
    }
  }

  #take(bytes: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (;;) {
      if (this.#open && this.#open.bytes > 0) {
        const piece = this.#buffer.subarray(0, this.#open.bytes);
        if (piece.length === 0) return;
        appendFileSync(this.#open.file, piece);
        this.#open.bytes -= piece.length;
        this.#buffer = this.#buffer.subarray(piece.length);
        continue;
      }
      const end = this.#buffer.indexOf('\n');
      if (end < 0) return;
      const [word, name, bytes] = this.#buffer.subarray(0, end).toString('utf8').split(' ');
      this.#buffer = this.#buffer.subarray(end + 1);
      if (word === 'done') this.#waiting.shift()?.();
      else if (word === 'anew') writeFileSync(join(this.here, name!), '');
      else this.#open = { file: join(this.here, name!), bytes: Number(bytes) };
    }
  }
}
