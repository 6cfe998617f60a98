/** Links that go down and up by the clock until they are healed. */

import { messageOf } from '../../base/errors.js';
import type { Condition } from '../../lab/conditions.js';
import type { LabHost } from '../../lab/lab.js';
import type { PoolContext } from '../pool.js';

export class Flapping {
  readonly #end = new AbortController();
  #isDown = false;
  #times = 0;
  #over: Promise<void> = Promise.resolve();

  /** @param name under which the host keeps the condition */
  constructor(
    private readonly host: LabHost,
    private readonly name: string,
    private readonly condition: Condition,
    private readonly spans: { readonly down: number; readonly up: number },
    private readonly context: Pick<PoolContext, 'clock' | 'broken'>,
  ) {}

  /** Down for the first time. @returns what shows it */
  async start(): Promise<string> {
    const begin = this.context.clock.now();
    const evidence = await this.#down();
    this.#over = this.#goOn(begin).catch((error) => {
      if (!this.#end.signal.aborted) this.context.broken(`${this.host.name} does not flap: ${messageOf(error)}`);
    });
    return `${evidence}, and again every ${this.spans.down + this.spans.up} s`;
  }

  /** Up for good. @returns how often it was down */
  async stop(): Promise<string> {
    this.#end.abort();
    await this.#over;
    if (this.#isDown) await this.#up();
    return `its links were down ${this.#times} times`;
  }

  /** Every moment counts from the first, so that small delays do not add up. */
  async #goOn(begin: number): Promise<void> {
    const { clock } = this.context;
    const { down, up } = this.spans;
    for (let n = 0; ; n++) {
      const cycle = begin + n * (down + up);
      await clock.sleepUntil(cycle + down, this.#end.signal);
      await this.#up();
      await clock.sleepUntil(cycle + down + up, this.#end.signal);
      await this.#down();
    }
  }

  async #down(): Promise<string> {
    this.#isDown = true;
    this.#times++;
    return this.host.impose(this.name, this.condition);
  }

  async #up(): Promise<void> {
    await this.host.lift(this.name);
    this.#isDown = false;
  }
}
