/**
 * What an element and a user of a pool of web servers have beside what every element and user has: the server that is
 * brought into the pool, and the requests that are made of it.
 */
import { z } from 'zod';
import { sharedKeySchema } from './web-keys.js';

/** Of requests that may be sent twice (RFC 9110, section 9.2.2). */
export const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** What a proxy pool user does by itself, whatever its role says. */
export const proxySeconds = {
  /** An element that was reported is tried last for so long: registrars may go on naming it. */
  avoidance: 5,
  /** How long a request waits for a registrar's answer where no element is known. */
  firstAnswer: 5,
} as const;

const span = z.number().positive();
const path = z.string().regex(/^\/\S*$/, 'a path such as /health');

export const webServerSchema = z.strictObject({
  /** Starts it; null when it is there already. */
  command: z.array(z.string().min(1)).min(1).nullable(),
  /** What the command needs beside the files that it names. */
  files: z.array(z.string().min(1)),
  /** Of its host's loopback device. */
  port: z.int().min(1).max(65535),
  health: z.strictObject({ path, interval: span, timeout: span, failures: z.int().min(1) }),
  startWithin: span,
  drain: z.number().min(0),
});
export type WebServer = z.infer<typeof webServerSchema>;

/** RFC 9110, section 5.6.2: what names of fields and methods consist of. */
const token = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'a word without spaces, as HTTP wants it');

export const webLoadSchema = z.strictObject({
  /** The script that makes the requests, instead of those below. */
  k6: z.string().min(1).nullable(),
  method: token,
  path,
  headers: z.record(token, z.string()),
  body: z.string().nullable(),
  /** How long a client waits for all of an answer. */
  patience: span,
  attempts: z.int().min(1),
  rampUp: z.number().min(0),
  staleCacheValue: span,
  sticky: z.array(sharedKeySchema).min(1).nullable(),
});
export type WebLoad = z.infer<typeof webLoadSchema>;
