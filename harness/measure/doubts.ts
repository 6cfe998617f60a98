/**
 * What holes leave uncertain. A request's life is a chain: it is asked for, an element is named, an association comes
 * up, the element accepts, and completes or is given up. Once an element has accepted and then completed on one and the
 * same association, nothing that is missing in between can have happened otherwise; anything else that a hole touches
 * might have.
 */
import type { Hole } from './holes.js';
import type { KnownRequest } from './requests.js';
import type { Attempt, Job } from './users.js';

/** Why a request is not certain. */
export interface Doubt {
  /** What is missing, and between what times. */
  readonly holes: readonly Hole[];
  /** Whether nothing is certain: what was seen of it does not make a whole, and nothing tells when the rest was. */
  readonly total: boolean;
  /** What of its life may have been otherwise; seconds since the run began. */
  readonly span: { readonly from: number; readonly to: number };
  readonly text: string;
}

export class Doubts {
  readonly #byUser = new Map<string, Hole[]>();
  readonly #owners = new Map<string, Job>();

  /** @param jobs of all users */
  constructor(holes: readonly Hole[], users: readonly string[], jobs: readonly Job[]) {
    if (holes.length === 0) return;
    for (const user of users) {
      const own = holes.filter(({ between }) => between === null || between.includes(user));
      this.#byUser.set(user, own);
    }
    for (const job of jobs) {
      for (const { association } of job.attempts) if (association !== null) this.#owners.set(association, job);
    }
  }

  /**
   * @param from when the user's request before was over
   * @returns null when all of the request's life on the wire was seen
   */
  of({ user, job, row }: KnownRequest, from: number): Doubt | null {
    const [begin, end] = [row?.startedAt ?? from, openUntil(job, row?.completedAt ?? null)];
    const holes = (this.#byUser.get(user) ?? []).filter((hole) => {
      const owner = hole.association === null ? undefined : this.#owners.get(hole.association);
      return (owner === undefined || owner === job) && hole.from < end && hole.to > begin;
    });
    const unseen = job ? job.attempts.flatMap((attempt) => missingOf(attempt)) : ['all but its row in the vector'];
    if (holes.length === 0 && unseen.length === 0) return null;
    const more = holes.length > 1 ? ` (and ${holes.length - 1} more)` : '';
    const told = [...unseen.slice(0, 1).map((part) => `${part} was not seen`), ...holes.slice(0, 1).map(describe)];
    const total = unseen.length > 0;
    const span = { from: total ? begin : Math.max(begin, holes[0]!.from), to: end };
    return { holes, total, span, text: `${told.join('; ')}${more}` };
  }
}

/** A part of an attempt that must have been, since an element accepted in the end. */
function missingOf({ asked, answer, initAt, hello, accept }: Attempt): string[] {
  if (!accept) return [];
  return [
    ...(asked ? [] : ['its handle resolution']),
    ...(answer ? [] : ['the answer to its handle resolution']),
    ...(initAt !== null ? [] : ['the beginning of its association']),
    ...(hello ? [] : ['how it greeted its element']),
    ...(accept.type === 'accept' ? [] : ['its Accept']),
  ];
}

/** From then on all is certain, because the element that accepted completed. */
function openUntil(job: Job | null, completedAt: number | null): number {
  const last = job?.attempts.at(-1);
  const closed = job?.complete && last?.accept?.type === 'accept' && last.association === job.complete.association;
  return closed ? last.accept!.sentAt : (completedAt ?? Number.POSITIVE_INFINITY);
}

/** Whether something may be hidden between two moments, so that what was seen at the later one may be wrong. */
export const hides = ({ holes, total }: Doubt, from: number, to: number): boolean =>
  total || holes.some((hole) => hole.from < to && hole.to >= from);

/** `2 messages between pu1 and pr1 were not captured, from 44.402 to 44.444 s`. */
export function describe({ kind, between, network, from, to, count }: Hole): string {
  const pair = between ? `between ${between.join(' and ')}` : 'of the run';
  const many = (what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const when = to - from < 1e-6 ? `at ${to.toFixed(3)} s` : `from ${from.toFixed(3)} to ${to.toFixed(3)} s`;
  switch (kind) {
    case 'unseen':
      return `${many('message')} ${pair} ${count === 1 ? 'was' : 'were'} not captured, ${when}`;
    case 'beginning':
      return `the association ${pair} was not seen to begin, ${when}`;
    case 'sliced':
      return `of ${many('frame')} ${pair} the capture has only the first bytes, ${when}`;
    case 'silence':
      return `nothing was captured of ${network}, ${when}`;
    case 'disorder':
      return `${many('frame')} ${pair} could not be put in order, ${when}`;
    case 'doubled':
      return `${many('message')} ${pair} were captured twice, at different times, ${when}`;
  }
}
