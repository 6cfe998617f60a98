/** What goes through the queue: chunks of runs as plans, which are data, and what came of them. Both are compressed. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { badInput } from '../../base/errors.js';
import { type Plan, planSchema } from '../../experiment/plan.js';
import { recordSchema } from '../ledger.js';

const runSchema = z.object({
  point: z.int().min(0),
  replication: z.int().min(1),
  /** Which of the plans. */
  plan: z.int().min(0),
  seed: z.int(),
  /** Where they are others than the plan's. */
  faults: planSchema.shape.faults.optional(),
});

/** A piece of work. Runs of a point share a plan but for its seed and, where chance drew them, its faults. */
const chunkSchema = z.object({
  on: z.string(),
  plans: z.array(planSchema),
  runs: z.array(runSchema),
  /** A process that says nothing for so long hangs, seconds. */
  silenceMost: z.number().positive(),
});
export type Chunk = z.infer<typeof chunkSchema>;
export type ChunkRun = Chunk['runs'][number];

const outcomeSchema = z.union([
  recordSchema.omit({ point: true, replication: true, seed: true }),
  /** Final: it would come to nothing anywhere. */
  z.object({ reason: z.string(), isFinal: z.boolean() }),
]);
const resultSchema = z.object({ point: z.int(), replication: z.int(), outcome: outcomeSchema });
export type Result = z.infer<typeof resultSchema>;

/** What a worker says of a chunk, now and then while it works on it. */
const newsSchema = z.object({
  chunk: z.string(),
  worker: z.string(),
  results: z.array(resultSchema),
  /** That the runs took. */
  seconds: z.number().min(0),
  /** Nothing more is coming; runs without a result are somebody else's again. */
  isEnded: z.boolean(),
});
export type News = z.infer<typeof newsSchema>;

const MiB = 2 ** 20;
/** Bytes: compressed as they travel, and what they may become. */
const most = { packed: 64 * MiB, plain: 512 * MiB };

export const packChunk = (chunk: Chunk): string => pack(chunk).toString('base64');
/** Whoever performs it reads it; to carry it nobody has to. @throws HarnessError `bad-input` for something else */
export const unpackChunk = (text: string): Chunk => unpack(Buffer.from(text, 'base64'), chunkSchema, 'a chunk of runs');
export const packNews = (news: News): Buffer => pack(news);
export const unpackNews = (bytes: Buffer): News => unpack(bytes, newsSchema, 'news of a chunk');

function pack(value: Chunk | News): Buffer {
  const bytes = deflateRawSync(JSON.stringify(value), { level: 3 });
  if (bytes.length <= most.packed) return bytes;
  const got = `${Math.ceil(bytes.length / MiB)} MiB`;
  throw badInput(`--queue: expected runs of at most ${most.packed / MiB} MiB at a time, got ${got}`);
}

function unpack<T>(bytes: Buffer, schema: z.ZodType<T>, what: string): T {
  try {
    return schema.parse(JSON.parse(inflateRawSync(bytes, { maxOutputLength: most.plain }).toString('utf8')));
  } catch (cause) {
    throw badInput(`Queue: expected ${what}, got something else`, cause);
  }
}

export const planOf = ({ plans }: Chunk, { plan, seed, faults }: ChunkRun): Plan => ({
  ...plans[plan]!,
  seed,
  ...(faults && { faults }),
});
