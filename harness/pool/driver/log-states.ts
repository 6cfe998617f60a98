/**
 * What is the case at this moment, by what components' logs said last. Associations alone tell less: they are up before
 * a request is sent and after it is done, so who waits for one would always strike while it starts.
 */
import { LogTail } from './log-tail.js';

/** Follows the logs of many components. */
export class LogStates {
  readonly #followed = new Map<string, { tail: LogTail; state: boolean }>();

  /**
   * @param logFile of the component's current life; nothing is the case before there is one
   * @param stateAfter the state after some lines, from that before them
   */
  async after(logFile: string, stateAfter: (lines: string, before: boolean) => boolean): Promise<boolean> {
    const followed = this.#followed.get(logFile) ?? { tail: new LogTail(logFile), state: false };
    this.#followed.set(logFile, followed);
    followed.state = stateAfter(await followed.tail.read(), followed.state);
    return followed.state;
  }
}
