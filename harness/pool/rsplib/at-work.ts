/**
 * Who has something to do with a request at this moment, by what its log said last. Associations alone tell less: they
 * are up before a request is sent and after it is done, so who waits for one would always strike while it starts.
 */
import { LogTail } from './log-tail.js';

/** Follows the logs of many components; `stateAfter` tells the state after some lines from that before them. */
export class LogStates {
  readonly #followed = new Map<string, { tail: LogTail; state: boolean }>();

  constructor(private readonly stateAfter: (lines: string, before: boolean) => boolean) {}

  /** @param logFile of the component's current life; nothing is the case before there is one */
  async after(logFile: string): Promise<boolean> {
    const followed = this.#followed.get(logFile) ?? { tail: new LogTail(logFile), state: false };
    this.#followed.set(logFile, followed);
    followed.state = this.stateAfter(await followed.tail.read(), followed.state);
    return followed.state;
  }
}

/** Whether an element has accepted the user's request, and neither completed it nor been given up. */
export function isServed(userLines: string, before: boolean): boolean {
  const turns = [...userLines.matchAll(/^(?:Job #\d+ (accepted|completed)|Timeout -> Failover|--- FAILOVER ---)/gm)];
  const last = turns.at(-1);
  return last ? last[1] === 'accepted' : before;
}

/** Whether the element works on a request; a completion may be on its way for long after that. */
export function isWorking(elementLines: string, before: boolean): boolean {
  const counts = [...elementLines.matchAll(/^ *Job (?:added|removed) \((\d+) /gm)];
  const last = counts.at(-1);
  return last ? Number(last[1]) > 0 : before;
}
