import { randomBytes } from 'node:crypto';

/** Labels everything that one run makes: six hexadecimal digits, unlike those of any other run on this machine. */
export const newSession = (): string => randomBytes(3).toString('hex');

/** What nobody guesses: 128 random bits, for an address that only its reader should know. */
export const newToken = (): string => randomBytes(16).toString('hex');
