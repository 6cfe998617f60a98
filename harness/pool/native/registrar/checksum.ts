/**
 * The checksum by which registrars see that they hold the same (RFC 5353, section 3.11.2): of all elements whose home
 * one registrar is, the 16-bit words of pool handle and identifier, added up in one's complement as by RFC 1071.
 */

/** What one element adds: a sum that is not folded yet, so that it can be taken away again. */
export function elementSum(handle: string, identifier: number): number {
  const bytes = Buffer.from(handle);
  let sum = (identifier >>> 16) + (identifier & 0xffff);
  // An odd octet at the end stands for the word that a zero completes.
  for (let at = 0; at < bytes.length; at += 2) sum += bytes[at]! * 0x100 + (bytes[at + 1] ?? 0);
  return sum;
}

/** The checksum of elements that add so much: 16 bits, 0xffff of none. */
export function foldedChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return 0xffff - folded;
}
