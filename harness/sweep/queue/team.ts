/** Who may do whose work: those whose numbers are the same, to the bit. Each team has a queue of its own. */
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { digest } from '../../base/digest.js';
import { parseJson } from '../../base/json.js';
import { usualInstructionTime } from '../../experiment/plan.js';
import type { Subject } from '../../run/subject.js';
import { versions } from '../../run/versions.js';
import { codeDigest } from '../code.js';
import { prefix } from './address.js';

export interface Team {
  /** Of the queue, too. */
  readonly name: string;
  readonly on: string;
  readonly versions: Readonly<Record<string, string | null>>;
}

export function teamOf(subject: Subject): Team {
  const { rsplib, ...own } = versions();
  const machine = subject.fingerprint?.({ hosts: [], nanosecondsPerInstruction: usualInstructionTime });
  const all = {
    ...own,
    code: codeDigest(),
    ...(subject.clock === 'real' && { rsplib: rsplib ?? null }),
    ...(machine !== undefined && { machine }),
  };
  return { name: `${subject.name}-${digest(JSON.stringify(all))}`, on: subject.name, versions: all };
}

const memberSchema = z.object({
  id: z.string(),
  team: z.object({ name: z.string(), on: z.string(), versions: z.record(z.string(), z.string().nullable()) }),
  /** Runs at a time. */
  jobs: z.int().min(1),
  /** Since it began. */
  done: z.int().min(0),
});
/** A worker, as it tells of itself. */
export type Member = z.infer<typeof memberSchema>;

/** Seconds after which who has said nothing is thought to be gone. */
const goneSeconds = 15;
export const tellEverySeconds = 4;

const rosterKey = `${prefix}:workers`;
const memberKey = (id: string) => `${prefix}:worker:${id}`;

export const memberId = (session: string): string => `${hostname()}-${process.pid}-${session}`;

export async function tellOf(redis: Redis, member: Member): Promise<void> {
  const key = memberKey(member.id);
  await redis.multi().sadd(rosterKey, member.id).set(key, JSON.stringify(member), 'EX', goneSeconds).exec();
}

export async function signOff(redis: Redis, { id }: Pick<Member, 'id'>): Promise<void> {
  await redis.multi().srem(rosterKey, id).del(memberKey(id)).exec();
}

/** Who is at work, whichever team they are of. */
export async function membersThere(redis: Redis): Promise<Member[]> {
  const ids = await redis.smembers(rosterKey);
  if (ids.length === 0) return [];
  const texts = await redis.mget(ids.map(memberKey));
  const gone = ids.filter((_, at) => texts[at] === null);
  if (gone.length > 0) await redis.srem(rosterKey, ...gone);
  return texts.flatMap((text) => {
    const parsed = text === null ? null : memberSchema.safeParse(parseJson(text));
    return parsed?.success ? [parsed.data] : [];
  });
}
