import { randomBytes } from 'node:crypto';

/** Labels everything that one run makes: six hexadecimal digits, unlike those of any other run on this machine. */
export const newSession = (): string => randomBytes(3).toString('hex');
