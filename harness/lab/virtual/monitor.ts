/**
 * QEMU's monitor for people. The one for programs would be easier to talk to, but has a thread of its own that is woken
 * whenever the clock moves on, which took a third of all that a machine with little to do needs.
 */
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { labBroken } from '../../base/errors.js';

const prompt = '(qemu) ';

interface Question {
  readonly command: string;
  resolve(answer: string): void;
  reject(error: Error): void;
}

export class Monitor {
  readonly #questions: Question[] = [];
  #asked: Question | undefined;
  #text = '';
  /** Whether it waits for a question. */
  #idle = false;
  #over: Error | undefined;

  constructor(private readonly stream: Duplex) {
    const decoder = new StringDecoder('utf8');
    stream.on('data', (data: Buffer) => this.#take(decoder.write(data)));
    // A machine that is gone answers nobody.
    for (const event of ['error', 'close']) stream.on(event, () => this.#end());
  }

  /**
   * @returns what QEMU says; in two lines or more they are separated by line feeds
   * @throws HarnessError `lab-broken` when it is gone
   */
  ask(command: string): Promise<string> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#questions.push({ command, resolve, reject });
      if (this.#idle) this.#askNext();
    });
  }

  /** @throws HarnessError `lab-broken` also with QEMU's words when it refuses: it says nothing otherwise */
  async tell(command: string): Promise<void> {
    const complaint = await this.ask(command);
    if (complaint) throw labBroken(`QEMU refused ${command}: ${complaint}`);
  }

  #take(text: string): void {
    this.#text += text;
    if (!this.#text.endsWith(prompt)) return;
    // The command comes back first, letter by letter, on a line of its own; before the first one comes a greeting.
    const answer = this.#text.slice(this.#text.indexOf('\n') + 1, -prompt.length);
    this.#text = '';
    this.#asked?.resolve(answer.replaceAll('\r', '').trim());
    this.#asked = undefined;
    this.#idle = true;
    this.#askNext();
  }

  #askNext(): void {
    this.#asked = this.#questions.shift();
    if (!this.#asked) return;
    this.#idle = false;
    this.stream.write(`${this.#asked.command}\n`);
  }

  #end(): void {
    this.#over ??= labBroken('QEMU ended before it had answered');
    this.#asked?.reject(this.#over);
    for (const { reject } of this.#questions.splice(0)) reject(this.#over);
  }
}
