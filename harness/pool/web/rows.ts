/** The requests of a web user as its process writes them down: a line of JSON each, when it is over. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { WebRequestRow } from '../../result/web.js';

/** What is not written yet is lost when the process is killed. */
const flushSeconds = 0.25;

export class RowFile {
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #lines: string[] = [];

  constructor(path: string) {
    this.#file = openSync(path, 'a');
    this.#timer = setInterval(() => this.#flush(), 1e3 * flushSeconds);
  }

  /** @param row its times in epoch seconds */
  add(row: Omit<WebRequestRow, 'user'>): void {
    this.#lines.push(`${JSON.stringify(row)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, this.#lines.splice(0).join(''));
  }
}
