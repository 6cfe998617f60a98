/** QEMU's machine protocol: one JSON object a line, answers in order, events in between. */
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { labBroken } from '../../base/errors.js';

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
}

interface Question {
  readonly execute: string;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class Qmp {
  readonly #waiting: Question[] = [];
  readonly #events = new Set<string>();
  readonly #listeners = new Map<string, () => void>();
  #over: Error | undefined;

  constructor(private readonly stream: Duplex) {
    createInterface({ input: stream }).on('line', (line) => this.#take(JSON.parse(line) as Message));
    // A machine that is gone answers nobody.
    stream.on('error', () => this.#end());
    stream.on('close', () => this.#end());
  }

  /** @throws HarnessError `lab-broken` with QEMU's words when it refuses, or when it is gone */
  execute(execute: string, words: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ execute, resolve, reject });
      this.stream.write(`${JSON.stringify({ execute, arguments: words })}\n`);
    });
  }

  /** Resolves when the event has happened, or has happened already. */
  event(name: string): Promise<void> {
    if (this.#events.has(name)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#listeners.set(name, resolve);
    });
  }

  #take(message: Message): void {
    if (message.event) {
      this.#events.add(message.event);
      this.#listeners.get(message.event)?.();
    } else if (message.error) {
      const question = this.#waiting.shift();
      question?.reject(labBroken(`QEMU refused ${question.execute}: ${message.error.desc}`));
    } else if ('return' in message) {
      this.#waiting.shift()?.resolve(message.return);
    }
  }

  #end(): void {
    this.#over ??= labBroken('QEMU ended before it had answered');
    for (const { reject } of this.#waiting.splice(0)) reject(this.#over);
  }
}
