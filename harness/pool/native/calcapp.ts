/**
 * Messages of CalcApp, the service that RSPLIB brings along, as bytes and as data. All are of one length. A cookie of
 * an element (RFC 5352, section 2.2.11) holds all that another needs to go on.
 */
import { badInput } from '../../base/errors.js';

export const calcApp = { payloadProtocol: 34 } as const;

export const calcAppTypes = {
  request: 1,
  accept: 2,
  reject: 3,
  abort: 4,
  complete: 5,
  keepAlive: 6,
  keepAliveAck: 7,
} as const;
export type CalcAppType = (typeof calcAppTypes)[keyof typeof calcAppTypes];

/** How far a job is, in whole calculations. Only requests, completions and cookies tell it; elsewhere it is 0. */
export interface Job {
  readonly job: number;
  readonly size: number;
  readonly completed: number;
}

export interface CalcAppMessage extends Job {
  /** One of {@link calcAppTypes}, or another octet. */
  readonly type: number;
  readonly flags: number;
}

const messageLength = 24;
const cookieLength = 20;

export function encodeCalcApp({ type, flags, ...job }: CalcAppMessage): Buffer {
  const bytes = Buffer.alloc(messageLength);
  bytes[0] = type;
  bytes[1] = flags;
  bytes.writeUInt16BE(messageLength, 2);
  writeJob(job, bytes, 4);
  return bytes;
}

/** @throws HarnessError `bad-input` for bytes that are no message, or for more work than can be counted in a number */
export function decodeCalcApp(bytes: Buffer): CalcAppMessage {
  if (bytes.length !== messageLength || bytes.readUInt16BE(2) !== messageLength)
    throw badInput(`CalcApp message: expected ${messageLength} bytes that say so, got ${bytes.length}`);
  return { type: bytes[0]!, flags: bytes[1]!, ...readJob(bytes, 4) };
}

/** @returns hexadecimal digits, as a cookie parameter has them */
export function encodeCookie(job: Job): string {
  const bytes = Buffer.alloc(cookieLength);
  writeJob(job, bytes, 0);
  return bytes.toString('hex');
}

/** @throws HarnessError `bad-input` for bytes that are no cookie of CalcApp's */
export function decodeCookie(hex: string): Job {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== cookieLength)
    throw badInput(`CalcApp cookie: expected ${cookieLength} bytes, got ${bytes.length}`);
  return readJob(bytes, 0);
}

function writeJob({ job, size, completed }: Job, bytes: Buffer, at: number): void {
  bytes.writeUInt32BE(job, at);
  bytes.writeBigUInt64BE(BigInt(size), at + 4);
  bytes.writeBigUInt64BE(BigInt(completed), at + 12);
}

const readJob = (bytes: Buffer, at: number): Job => ({
  job: bytes.readUInt32BE(at),
  size: countOf(bytes, at + 4),
  completed: countOf(bytes, at + 12),
});

function countOf(bytes: Buffer, at: number): number {
  const count = bytes.readBigUInt64BE(at);
  if (count > BigInt(Number.MAX_SAFE_INTEGER))
    throw badInput(`CalcApp: expected at most ${Number.MAX_SAFE_INTEGER} calculations, got ${count}`);
  return Number(count);
}
