/** Where the queue is: a server of Redis, with whatever authentication and encryption its address asks for. */
import { Redis } from 'ioredis';
import { badInput, messageOf } from '../../base/errors.js';

/** All our keys begin so; the braces keep them together on a cluster. */
export const prefix = '{rsplab}';

/** Seconds within which the server has to answer for the first time. */
const firstAnswerSeconds = 10;

/** As people may see it: without what nobody else should know. */
export function shownAddress(address: string): string {
  try {
    const { protocol, username, host, pathname } = new URL(address);
    return `${protocol}//${username ? `${username}:…@` : ''}${host}${pathname === '/' ? '' : pathname}`;
  } catch {
    return 'redis:…';
  }
}

/** @throws HarnessError `bad-input` for what is no address */
function checkAddress(address: string, option: string): void {
  const expected = 'redis://HOST:PORT, redis://USER:PASSWORD@HOST:PORT, or the same with rediss:// for TLS';
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw badInput(`${option}: expected ${expected}, got no address`);
  }
  if (!['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '')
    throw badInput(`${option}: expected ${expected}, got ${shownAddress(address)}`);
}

/**
 * @param commandSeconds within which a command has to be answered; what waits for ever goes on by itself when the
 * server is back
 */
export function connect(address: string, commandSeconds: number | null): Redis {
  const redis = new Redis(address, {
    // Whoever waits for work waits as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => Math.min(1000, 50 * tries),
    ...(commandSeconds !== null && { commandTimeout: commandSeconds * 1e3 }),
  });
  // It connects anew by itself; who asks for something in the meantime is told.
  redis.on('error', () => {});
  return redis;
}

/**
 * @param option that named the address, for people
 * @throws HarnessError `bad-input` when there is no server, it lets us not in, or it may forget what it was given
 */
export async function checkServer(address: string, option: string): Promise<void> {
  checkAddress(address, option);
  const redis = new Redis(address, {
    ...{ lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 },
    ...{ connectTimeout: firstAnswerSeconds * 1e3, commandTimeout: firstAnswerSeconds * 1e3 },
  });
  let trouble: unknown;
  redis.on('error', (error) => {
    trouble ??= error;
  });
  try {
    await redis.connect();
    const about = await redis.info();
    const said = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(about)?.[1] ?? '';
    const [major = 0, minor = 0] = said('redis_version').split('.').map(Number);
    if (major < 6 || (major === 6 && minor < 2))
      throw badInput(`${option}: expected Redis 6.2 or later at ${shownAddress(address)}, got ${major}.${minor}`);
    const policy = said('maxmemory_policy');
    if (said('maxmemory') !== '0' && policy !== 'noeviction') {
      const expected = 'a server that forgets nothing (maxmemory-policy noeviction)';
      throw badInput(`${option}: expected ${expected} at ${shownAddress(address)}, got ${policy}`);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'HarnessError') throw error;
    const reason = messageOf(trouble ?? error);
    throw badInput(`${option}: expected a server of Redis at ${shownAddress(address)}, got: ${reason}`, error);
  } finally {
    redis.disconnect();
  }
}
