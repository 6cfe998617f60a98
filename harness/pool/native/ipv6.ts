import { Address6 } from 'ip-address';

const octets = 16;

/** As text, in the one form that RFC 5952 recommends. */
export const addressOf = (bytes: readonly number[]): string => Address6.fromUnsignedByteArray([...bytes]).correctForm();

/** @throws when the text is no IPv6 address */
export function octetsOf(address: string): number[] {
  const bytes = new Address6(address).toUnsignedByteArray();
  return [...Array<number>(octets - bytes.length).fill(0), ...bytes];
}
