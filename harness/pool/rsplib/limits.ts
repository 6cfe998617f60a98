/**
 * What RSPLIB 3.4.4 takes. What is beyond it changes to the nearest that it takes, without a word, or cuts off bits, or
 * gives up: each bound was found by giving its programs less and more, and reading what they said that they use.
 */
import { badInput } from '../../base/errors.js';
import { toMilliseconds } from '../../base/units.js';
import type { PoolElement, PoolUser, Registrar } from '../../experiment/role.js';
import type { PoolHost } from '../implementation.js';

/** `unit` is for people; spans are in seconds. A value of null, no limit, is always taken. */
interface Bounds {
  readonly least: number;
  readonly most?: number;
  readonly unit?: 's';
  /** Told in whole milliseconds. */
  readonly inMilliseconds?: true;
}

const span = (least: number, most: number): Bounds => ({ least, most, unit: 's', inMilliseconds: true });
/** They are counted in 64 bits, of microseconds. */
const sessionSpan: Bounds = { least: 0.1, unit: 's', inMilliseconds: true };

const registrarBounds: Partial<Record<keyof Registrar, Bounds>> = {
  endpointKeepAliveInterval: span(0.3, 300),
  endpointKeepAliveTimeout: span(0.1, 60),
  maxBadPeReports: { least: 1, most: 2 ** 32 - 1 },
  peerHeartbeatCycle: span(1, 300),
  peerMaxTimeLastHeard: span(1, 300),
  peerMaxTimeNoResponse: span(1, 60),
  takeoverExpiryInterval: span(1, 60),
  mentorDiscoveryTimeout: span(1, 60),
};

const elementBounds: Partial<Record<keyof PoolElement, Bounds>> = {
  capacity: { least: 1 },
  maxRequests: { least: 1, most: 2 ** 31 - 1 },
  cookieInterval: { least: 1 },
  cookieTime: { least: 0.1, unit: 's' },
  sessionKeepAliveInterval: sessionSpan,
  sessionKeepAliveTimeout: sessionSpan,
  // Told as a third of it, in milliseconds, and sent to the registrar in milliseconds, of 32 bits.
  registrationLife: { least: 0.003, most: 4_294_967, unit: 's' },
};

const userBounds: Partial<Record<keyof PoolUser, Bounds>> = {
  sessionKeepAliveInterval: sessionSpan,
  sessionKeepAliveTimeout: sessionSpan,
};

const boundsOf = {
  registrar: registrarBounds,
  poolElement: elementBounds,
  poolUser: userBounds,
} satisfies Record<PoolHost['role']['kind'], Record<string, Bounds>> as Record<string, Record<string, Bounds>>;

/** The longest pool handle. */
const handleBytes = 32;
/** Intervals are rounded to microseconds; from here on that changes less than a thousandth. */
const shortestRequestInterval = 0.001;

/**
 * Refuses what RSPLIB would silently change or cannot do.
 * @throws HarnessError `bad-input`
 */
export function checkHost(where: string, { role }: PoolHost): void {
  for (const [parameter, bounds] of Object.entries(boundsOf[role.kind]!)) {
    checkBounds(`${where}.${parameter}`, (role as unknown as Record<string, number | null>)[parameter]!, bounds);
  }
  if (role.kind === 'poolUser') checkUser(where, role);
}

/** Of every component that has to do with an RSPLIB one. */
export function checkHandle(where: string, handle: string): void {
  const bytes = Buffer.byteLength(handle);
  if (bytes > handleBytes)
    throw badInput(`${where}: expected at most ${handleBytes} bytes, the longest pool handle of RSPLIB, got ${bytes}`);
  // They would tear logs, and a zero ends what a program is told.
  if (/\p{Cc}/u.test(handle))
    throw badInput(`${where}: expected a pool handle without control characters, got ${JSON.stringify(handle)}`);
}

function checkBounds(where: string, value: number | null, { least, most, unit, inMilliseconds }: Bounds): void {
  if (value === null) return;
  const told = (number: number) => (unit === undefined ? String(number) : `${number} ${unit}`);
  if (value < least || (most !== undefined && value > most)) {
    const range = most === undefined ? `at least ${told(least)}` : `${least} to ${told(most)}`;
    throw badInput(`${where}: expected ${range}, for RSPLIB silently changes what is beyond, got ${told(value)}`);
  }
  if (inMilliseconds && !Number.isInteger(toMilliseconds(value))) {
    const got = `${toMilliseconds(value)} ms`;
    throw badInput(`${where}: expected whole milliseconds, which is what RSPLIB takes, got ${got}`);
  }
}

function checkUser(
  where: string,
  { requestSize, requestInterval, requestTimeout, sessionKeepAliveTimeout }: PoolUser,
): void {
  for (const [name, { kind }] of Object.entries({ requestSize, requestInterval })) {
    if (kind !== 'exponential') {
      throw badInput(
        `${where}.${name}: expected exponential, which is all that RSPLIB's calcappclient draws, got ${kind}`,
      );
    }
  }
  if (requestInterval.mean < shortestRequestInterval) {
    const expected = `a mean of at least ${shortestRequestInterval} s, for RSPLIB counts whole microseconds`;
    throw badInput(`${where}.requestInterval: expected ${expected}, got ${requestInterval.mean} s`);
  }
  if (requestTimeout !== sessionKeepAliveTimeout) {
    const expected = `the session keep-alive timeout (${sessionKeepAliveTimeout} s), which RSPLIB uses for both`;
    throw badInput(`${where}.requestTimeout: expected ${expected}, got ${requestTimeout} s`);
  }
}
