import { LogTail } from './log-tail.js';

/**
 * Which pool users have a request that an element has accepted and that is not over yet, by what their logs said last.
 * An association alone tells less: it is up before the request is sent, so who waits for one would always strike there.
 */
export class ServedUsers {
  readonly #watched = new Map<string, { tail: LogTail; served: boolean }>();

  /** @param logFile of the user's current life */
  async isServed(logFile: string): Promise<boolean> {
    const watched = this.#watched.get(logFile) ?? { tail: new LogTail(logFile), served: false };
    this.#watched.set(logFile, watched);
    watched.served = servedAfter(await watched.tail.read(), watched.served);
    return watched.served;
  }
}

/** Whether the request is being served after these lines; `before`: whether it was before them. */
export function servedAfter(lines: string, before: boolean): boolean {
  const turns = [...lines.matchAll(/^(?:Job #\d+ (accepted|completed)|Timeout -> Failover|--- FAILOVER ---)/gm)];
  const last = turns.at(-1);
  return last ? last[1] === 'accepted' : before;
}
