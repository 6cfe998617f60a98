/** Whether an HTTP server is fit to serve, asked again and again. */
import { request } from 'undici';
import type { Clock } from '../../base/clock.js';
import { badInput, messageOf } from '../../base/errors.js';

export interface HealthOptions {
  /** Answers with 200 to 299 while the server is healthy; `{"load": 0.5}` as JSON also says how busy it is. */
  readonly url: string;
  readonly clock: Clock;
  /** Seconds between questions. @defaultValue 1 */
  readonly every?: number;
  /** Seconds for an answer. @defaultValue 1 */
  readonly timeout?: number;
  /** So many bad answers in a row make it unhealthy; a good one makes it healthy. @defaultValue 2 */
  readonly failures?: number;
  readonly onChange: (health: Health) => void;
}

export interface Health {
  readonly healthy: boolean;
  /** From 0 to 1, as the server says; null when it does not. */
  readonly load: number | null;
  /** Why it is not healthy; null when it is. */
  readonly reason: string | null;
}

/** More of an answer is not read. */
const mostBytes = 4096;

/** @throws HarnessError `bad-input` for what is no address of an HTTP server */
export function httpUrl(where: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:')
    throw badInput(`${where}: expected an address like http://127.0.0.1:8080/health, got '${text}'`);
  return url;
}

/** Asks until the signal ends it, and says what changed; a server is unhealthy until it has answered once. */
export async function watchHealth(options: HealthOptions, signal: AbortSignal): Promise<void> {
  const { clock, every = 1, failures = 2, onChange } = options;
  const url = httpUrl('health', options.url);
  let last: Health = { healthy: false, load: null, reason: 'it has not answered yet' };
  for (let bad = 0; !signal.aborted; ) {
    const dueAt = clock.now() + every;
    const now = await askHealth(url, options.timeout ?? 1);
    bad = now.healthy ? 0 : bad + 1;
    const isKept = last.healthy && !now.healthy && bad < failures;
    if (!isKept && (now.healthy !== last.healthy || now.load !== last.load) && !signal.aborted) onChange(now);
    if (!isKept) last = now;
    // However long the answer took.
    await clock.sleepUntil(dueAt, signal).catch(() => {});
  }
}

/** Asks once. @param timeout seconds */
export async function askHealth(url: URL, timeout: number): Promise<Health> {
  const bad = (reason: string): Health => ({ healthy: false, load: null, reason });
  try {
    const { statusCode, body } = await request(url, {
      ...{ signal: AbortSignal.timeout(1e3 * timeout), headers: { connection: 'close' } },
    });
    let text = '';
    for await (const piece of body) if (text.length < mostBytes) text += piece;
    if (statusCode < 200 || statusCode > 299) return bad(`it answered with status ${statusCode}`);
    return { healthy: true, load: loadIn(text), reason: null };
  } catch (error) {
    return bad(messageOf(error));
  }
}

function loadIn(text: string): number | null {
  try {
    const { load } = JSON.parse(text);
    return typeof load === 'number' && load >= 0 && load <= 1 ? load : null;
  } catch {
    return null;
  }
}
