/**
 * What elements and users of our own write down: a line of JSON for everything that happens, with its time in epoch
 * seconds. `measure/` reads it where it reads RSPLIB's logs and vectors.
 */
export type PeerEvent =
  /** Of both: with whom it has its association for ASAP. */
  | { readonly event: 'registrar'; readonly address: string }
  | { readonly event: 'registrarLost'; readonly address: string; readonly how: string }
  /** Something that was no message, or made no sense. */
  | { readonly event: 'refused'; readonly why: string }
  /** Of an element. */
  | { readonly event: 'registered'; readonly identifier: number }
  | { readonly event: 'deregistered'; readonly identifier: number }
  /** How many jobs it has after one came or went. */
  | { readonly event: 'jobs'; readonly running: number }
  | { readonly event: 'session'; readonly request: number; readonly came: 'anew' | 'byCookie' | 'rejected' }
  /** Of a proxy in front of a web server. */
  | { readonly event: 'fitness'; readonly healthy: boolean; readonly load: number; readonly reason: string | null }
  | { readonly event: 'sessionOver'; readonly request: number; readonly because: string; readonly done: number }
  /** Of a user. */
  | { readonly event: 'asked'; readonly request: number; readonly size: number }
  | { readonly event: 'accepted'; readonly request: number }
  | ({ readonly event: 'completed'; readonly request: number } & Completion)
  | { readonly event: 'givenUp'; readonly request: number; readonly because: GivenUpBecause };

/** Epoch seconds; the accept is the last one. */
export interface Completion {
  readonly size: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  readonly acceptedAt: number;
  readonly completedAt: number;
}

/** A timeout of the session, the end of its association, or one that never came up. */
export type GivenUpBecause = 'timeout' | 'associationEnded' | 'noAssociation';

export type TimedPeerEvent = PeerEvent & { readonly at: number };

/** The events of whole lines; what is no event, as the last words of a process that failed, is left out. */
export function readEvents(lines: string): TimedPeerEvent[] {
  return lines.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.endsWith('}')) return [];
    try {
      return [JSON.parse(line) as TimedPeerEvent];
    } catch {
      return [];
    }
  });
}
