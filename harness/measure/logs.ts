import { readFile } from 'node:fs/promises';
import { isPeerJournal, parsePeerLog } from './peer-journal.js';

/** The user gave up an element, by its own log. */
export interface GivingUp {
  /** Epoch seconds; null in a log without time stamps. */
  readonly at: number | null;
  /** A timeout of the session, the end of its association, or an association that never came up. */
  readonly because: 'timeout' | 'associationEnded' | 'noAssociation';
  /** The request that it was for; null before the first. */
  readonly request: number | null;
}

/** What a user's log says of one request. */
export interface LoggedRequest {
  readonly id: number;
  /** Calculations, in six digits. */
  readonly size: number;
  /** How many elements accepted it. */
  accepts: number;
  completed: boolean;
}

export interface UserLog {
  /** Whether its lines carry times. Without, it says what happened, and not when. */
  readonly stamped: boolean;
  readonly givenUp: readonly GivingUp[];
  /** By id, in the order in which they were asked for. */
  readonly requests: ReadonlyMap<number, LoggedRequest>;
}

/** @throws Error when the file cannot be read */
export async function readUserLog(path: string, epoch: number): Promise<UserLog> {
  const text = await readFile(path, 'utf8');
  return isPeerJournal(text) ? parsePeerLog(text) : parseUserLog(text, epoch);
}

/**
 * Finds in calcappclient's log (level 4, without colours) which requests it was about and where it says that it gave up
 * an element. Its markers carry no time; the library's lines around them do, to 0.1 ms in the local time of the lab.
 * @param epoch about when the log was written, in epoch seconds, to tell the lab's time zone
 */
export function parseUserLog(text: string, epoch: number): UserLog {
  const givenUp: GivingUp[] = [];
  const requests = new Map<number, LoggedRequest>();
  let now: number | null = null;
  let started: number | null = null;
  let request: number | null = null;
  // A timeout whose time is not known yet.
  let timeout: { request: number | null } | null = null;
  const gaveUp = (at: number | null, because: GivingUp['because'], of = request) =>
    givenUp.push({ at, because, request: of });
  for (const { line, at } of stampedLines(text, epoch)) {
    if (at !== null) {
      now = at;
      if (timeout) gaveUp(now, 'timeout', timeout.request);
      timeout = null;
    }
    if (line.includes('Starting failover for')) started = now;
    if (line.includes('Connection establishment was not possible')) gaveUp(now, 'noAssociation');
    // The library gave up when it started; the application is told afterwards, at the end of it.
    if (line.startsWith('--- FAILOVER ---')) gaveUp(started, 'associationEnded');
    // The application gives up, and the library begins right away.
    if (line.startsWith('Timeout -> Failover')) {
      if (timeout) gaveUp(null, 'timeout', timeout.request);
      timeout = { request };
    }
    request = aboutRequest(line, requests) ?? request;
  }
  if (timeout) gaveUp(null, 'timeout', timeout.request);
  return { stamped: now !== null, givenUp, requests };
}

/** @returns the request that the line is about; null when it is about none */
function aboutRequest(line: string, requests: Map<number, LoggedRequest>): number | null {
  const [, asked, size] = /^Request for job #(\d+) \(job size ([\d.e+]+)\)/.exec(line) ?? [];
  if (asked !== undefined) {
    const id = Number(asked);
    if (!requests.has(id)) requests.set(id, { id, size: Number(size), accepts: 0, completed: false });
    return id;
  }
  const [, id, what] = /^Job #(\d+) (accepted|completed)/.exec(line) ?? [];
  const request = requests.get(Number(id));
  if (request && what === 'accepted') request.accepts += 1;
  if (request && what === 'completed') request.completed = true;
  return request?.id ?? null;
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

/**
 * Elements that a user gave up by the capture, and its log does not confirm it; and the other way round.
 * @param detections seconds since the run began, with the request that the element was serving
 */
export function unconfirmed(
  user: string,
  detections: readonly { readonly at: number; readonly request: number }[],
  { stamped, givenUp }: UserLog,
  epoch: number,
): string[] {
  if (stamped)
    return detections
      .filter(({ at }) => !givenUp.some((it) => it.at !== null && Math.abs(it.at - epoch - at) <= toleranceSeconds))
      .map(({ at }) => `${user} gave up an element at ${at.toFixed(3)} s by the capture; its log says nothing of it`);
  const requests = [...new Set(detections.map(({ request }) => request))];
  return requests.flatMap((request) => {
    const wire = detections.filter((it) => it.request === request).length;
    const log = givenUp.filter((it) => it.request === request).length;
    return wire <= log
      ? []
      : [`${user}'s request ${request} lost its element ${wire} times by the capture, ${log} times by its log`];
  });
}
