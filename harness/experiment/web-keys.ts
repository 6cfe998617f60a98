import { z } from 'zod';

/** Bytes of a pool key: what AES-256 and HMAC-SHA-256 take. */
const keyBytes = 32;

/** A pool key as an experiment names it: those of real pools do not belong into an experiment's file. */
export const sharedKeySchema = z.strictObject({
  /** Travels with each cookie. */
  identifier: z.int().min(0).max(0xffff),
  /** Hexadecimal digits. */
  secret: z.string().superRefine((secret, context) => {
    // What it is does not belong into a message.
    const expected = `expected ${keyBytes} bytes as ${2 * keyBytes} hexadecimal digits`;
    if (!/^[0-9a-f]*$/i.test(secret)) context.addIssue(`${expected}, got other characters`);
    else if (secret.length !== 2 * keyBytes) context.addIssue(`${expected}, got ${secret.length} digits`);
  }),
});
export type SharedKey = z.infer<typeof sharedKeySchema>;
