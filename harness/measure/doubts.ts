/**
 * What holes leave uncertain. A request's life is a chain: it is asked for, an element is named, an association comes
 * up, the element accepts, and completes or is given up. Once an element has accepted and then completed on one and the
 * same association, nothing that is missing in between can have happened otherwise; anything else that a hole touches
 * might have.
 */
import type { FaultRecord } from './faults.js';
import type { Hole } from './holes.js';
import type { UserLog } from './logs.js';
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
  /** Whether it is certain all the same that it was not completed: its user says so, and turned to no other. */
  readonly open: boolean;
  readonly text: string;
}

/** Who else tells of requests: what faults there were, what users wrote into their logs. */
export interface Others {
  readonly faults: readonly FaultRecord[];
  readonly logs: ReadonlyMap<string, UserLog>;
  /** Users who said what they had completed: the others may have had more. */
  readonly served: ReadonlyMap<string, unknown>;
}

export class Doubts {
  readonly #byUser = new Map<string, Hole[]>();
  readonly #holed: boolean;
  readonly #owners = new Map<string, Job>();

  constructor(
    holes: readonly Hole[],
    requests: readonly KnownRequest[],
    private readonly others: Others,
  ) {
    this.#holed = holes.length > 0;
    if (holes.length === 0) return;
    for (const { user, job } of requests) {
      if (!this.#byUser.has(user))
        this.#byUser.set(
          user,
          holes.filter(({ between }) => between === null || between.includes(user)),
        );
      for (const { association } of job?.attempts ?? []) if (association !== null) this.#owners.set(association, job!);
    }
  }

  /**
   * @param from when the user's request before was over
   * @returns null when all of the request's life on the wire was seen
   */
  of(request: KnownRequest, from: number): Doubt | null {
    const { user, job, row } = request;
    const [begin, end] = [row?.startedAt ?? from, openUntil(job, row?.completedAt ?? null)];
    const holes = (this.#byUser.get(user) ?? []).filter((hole) => {
      const owner = hole.association === null ? undefined : this.#owners.get(hole.association);
      return (owner === undefined || owner === job) && hole.from < end && hole.to > begin;
    });
    const [unseen, missed] = [this.#unseen(request), this.#missed(request)];
    if (holes.length + unseen.length + missed.length === 0) return null;
    const more = holes.length > 1 ? ` (and ${holes.length - 1} more)` : '';
    // What others tell of may be in the holes that are known.
    const total = unseen.length > 0 || holes.length === 0;
    const open = job !== null && !job.lost && this.others.served.has(user);
    const span = { from: total ? begin : Math.max(begin, holes[0]!.from), to: end };
    return {
      holes,
      total,
      open,
      span,
      text: `${[...[...unseen, ...missed].slice(0, 1), ...holes.slice(0, 1).map(describe)].join('; ')}${more}`,
    };
  }

  /** What other witnesses tell and the capture does not; what it does not tell of the end. */
  #missed({ user, id, job, row }: KnownRequest): string[] {
    if (!job) return [];
    const accepts = job.attempts.filter(({ accept }) => accept?.type === 'accept').length;
    const logged = this.others.logs.get(user)?.requests.get(id)?.accepts ?? 0;
    const over = job.complete !== null || job.ended || (!job.lost && this.others.served.has(user));
    return [
      ...(logged > accepts ? [`accepted ${logged} times by its log, ${accepts} times by the capture`] : []),
      ...(row && !job.complete ? ['its completion was not seen'] : []),
      // In a whole capture it was open or lost; one that has holes hides it somewhere.
      ...(this.#holed && !over ? ['its end was not seen'] : []),
    ];
  }

  /** What must have been and was not seen, whatever the capture says of holes. */
  #unseen({ job }: KnownRequest): string[] {
    if (!job) return ['all but its row in the vector was not seen'];
    const { attempts } = job;
    // An element that was named is turned to, unless the user's own link was down: then nothing else is missing.
    const unserved = attempts.slice(0, -1).some(({ answer, element }) => answer?.elements.length && element === null);
    return [
      ...(this.#holed && unserved ? ['whom it turned to was not seen'] : []),
      ...attempts.flatMap((attempt) => [...missingOf(attempt), ...this.#unanswered(attempt)]),
    ];
  }

  /** An element that was well for long after it was asked has answered. */
  #unanswered({ accept, hello, element, givenUpAt }: Attempt): string[] {
    if (accept || givenUpAt === null || hello?.protocol !== 'calcApp') return [];
    const answered = hello.sentAt + answerSeconds;
    const struck = this.others.faults.filter(
      ({ host, injectedAt, healedAt }) =>
        host === element && injectedAt < givenUpAt && (healedAt ?? Number.POSITIVE_INFINITY) > hello.sentAt,
    );
    return struck.length > 0 && struck.every(({ injectedAt }) => injectedAt > answered)
      ? ['its Accept was not seen']
      : [];
  }
}

/** An Accept follows a request after one round trip; this allows for one retransmission. */
const answerSeconds = 1.5;

/** A part of an attempt that must have been, since an element accepted in the end. */
function missingOf({ asked, answer, initAt, hello, accept, association }: Attempt): string[] {
  if (!accept) return [];
  return [
    ...(asked ? [] : ['its handle resolution was not seen']),
    ...(answer ? [] : ['the answer to its handle resolution was not seen']),
    ...(initAt !== null ? [] : ['the beginning of its association was not seen']),
    ...(hello ? [] : ['how it greeted its element was not seen']),
    ...(accept.type === 'accept' ? [] : ['its Accept was not seen']),
    ...(accept.association === association ? [] : ['how it left its element was not seen']),
  ];
}

/** From then on all is certain, because the element that accepted completed. */
function openUntil(job: Job | null, completedAt: number | null): number {
  const accept = job?.attempts.at(-1)?.accept;
  const closed = job?.complete && accept?.type === 'accept' && accept.association === job.complete.association;
  return closed ? accept.sentAt : (completedAt ?? Number.POSITIVE_INFINITY);
}

/** Whether something may be hidden between two moments, so that what was seen at the later one may be wrong. */
export const hides = ({ holes, total }: Doubt, from: number, to: number): boolean =>
  total || holes.some((hole) => hole.from <= to && hole.to >= from);

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
