import { readFile } from 'node:fs/promises';

/** The user gave up an element, by its own log; epoch seconds. */
export interface GivingUp {
  readonly at: number;
  /** A timeout of the session, the end of its association, or an association that never came up. */
  readonly because: 'timeout' | 'associationEnded' | 'noAssociation';
}

/** @throws Error when the file cannot be read */
export const readUserLog = async (path: string, epoch: number): Promise<GivingUp[]> =>
  parseUserLog(await readFile(path, 'utf8'), epoch);

/**
 * Finds where calcappclient's log (level 4, without colours) says that it gave up an element. Its markers carry no
 * time; the library's lines around them do, to 0.1 ms in the local time of the lab.
 * @param epoch about when the log was written, in epoch seconds, to tell the lab's time zone
 */
export function parseUserLog(text: string, epoch: number): GivingUp[] {
  const found: GivingUp[] = [];
  let [now, started] = [0, 0];
  let timeout = false;
  for (const { line, at } of stampedLines(text, epoch)) {
    if (at !== null) {
      now = at;
      if (timeout) found.push({ at: now, because: 'timeout' });
      timeout = false;
    }
    if (line.includes('Starting failover for')) started = now;
    if (line.includes('Connection establishment was not possible')) found.push({ at: now, because: 'noAssociation' });
    // The library gave up when it started; the application is told afterwards, at the end of it.
    if (line.startsWith('--- FAILOVER ---')) found.push({ at: started, because: 'associationEnded' });
    // The application gives up, and the library begins right away.
    if (line.startsWith('Timeout -> Failover')) timeout = true;
  }
  return found;
}

/** The lines of an RSPLIB log; `at` is in epoch seconds, and null where a line carries no time of its own. */
export function* stampedLines(text: string, epoch: number): Generator<{ line: string; at: number | null }> {
  let zone: number | null = null;
  for (const line of text.split('\n')) {
    const stamp = stampOf(line);
    // Zones are quarters of an hour apart, logs are written within minutes.
    if (stamp !== null) zone ??= Math.round((epoch - stamp) / 900) * 900;
    yield { line, at: stamp === null ? null : stamp + zone! };
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function stampOf(line: string): number | null {
  const match = /^(\d{2})-(\w{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}\.\d+): /.exec(line);
  if (!match) return null;
  const [, day, month, year, hour, minute, second] = match;
  const whole = Date.UTC(Number(year), months.indexOf(month!), Number(day), Number(hour), Number(minute));
  return whole / 1e3 + Number(second);
}

/** The application may be scheduled late on a busy lab kernel, and writes its log before the packet leaves. */
const toleranceSeconds = 0.25;

/** Failovers seen on the wire that a user's log does not confirm. */
export function unconfirmed(
  user: string,
  detections: readonly number[],
  log: readonly GivingUp[],
  epoch: number,
): string[] {
  return detections
    .filter((at) => !log.some((it) => Math.abs(it.at - epoch - at) <= toleranceSeconds))
    .map((at) => `${user} gave up an element at ${at.toFixed(3)} s by the capture; its log says nothing of it`);
}
