/** Causes of operational errors (RFC 5354, section 3.12), and those that RSPLIB gives other numbers or adds. */
import type { Reader, Writer } from './tlv.js';

export interface Cause {
  /** One of {@link causes}, or another number. */
  readonly code: number;
  /** What it is about, often the parameter that was at fault; hexadecimal digits. */
  readonly bytes: string;
}

export const causes = {
  unspecified: 0x0,
  unrecognizedParameter: 0x1,
  unrecognizedMessage: 0x2,
  invalidValues: 0x3,
  nonUniqueIdentifier: 0x4,
  inconsistentPolicy: 0x5,
  lackOfResources: 0x6,
  inconsistentTransport: 0x7,
  inconsistentControlChannel: 0x8,
  unknownPoolHandle: 0x9,
  rejectedForSecurity: 0xa,
  /** RSPLIB's own, to the end. */
  invalidMessage: 0x10,
  invalidValue: 0x11,
  invalidIdentifier: 0xf000,
  ownIdentifier: 0xf001,
  duplicateIdentifier: 0xf002,
  invalidPolicy: 0xf003,
  invalidPoolHandle: 0xf004,
  invalidAddresses: 0xf005,
  invalidRegistrar: 0xf006,
  noUsableAsapAddresses: 0xf007,
  noUsableUserAddresses: 0xf008,
} as const;

export function writeCauses(all: readonly Cause[], to: Writer): void {
  for (const { code, bytes } of all) to.parameter(code, () => to.text(bytes, 'hex'));
}

/** @throws HarnessError `bad-input` for bytes that are no causes */
export function readCauses(from: Reader): Cause[] {
  const all: Cause[] = [];
  while (from.left > 0) {
    const { number, value } = from.parameter();
    all.push({ code: number, bytes: value.rest('hex') });
  }
  return all;
}
