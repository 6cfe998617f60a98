import type { PathRow } from '../result/rows.js';
import type { DeadSelectable } from '../result/selection.js';
import type { DelaySummary } from '../result/summary.js';

/** What the wire says beside requests and failovers. Spans and times in seconds, times since the run began. */
export interface WireStatistics {
  readonly packets: number;
  readonly bytes: number;
  readonly from: number | null;
  readonly to: number | null;
  /** Messages by protocol and type, e.g. `asap.cookie`; retransmissions not counted. */
  readonly messages: Readonly<Record<string, number>>;
  readonly keepAlives: {
    /** Pool user asks pool element. */
    readonly session: KeepAlives;
    /** Pool element asks pool user. */
    readonly reverseSession: KeepAlives;
    /** Registrar asks pool element. */
    readonly endpoint: KeepAlives;
  };
  readonly cookies: { readonly sent: number; readonly bytes: number; readonly echoed: number };
  /** Requests that an element declined. */
  readonly rejections: number;
  readonly registrars: readonly RegistrarLoad[];
  readonly registrations: readonly Registration[];
  readonly deadSelectable: readonly DeadSelectable[];
  /** Requests that an element told its user to be complete. */
  readonly completions: { readonly requests: number; readonly duplicates: readonly DuplicateCompletion[] };
  readonly associations: {
    /** Begun with an INIT. */
    readonly begun: number;
    readonly established: number;
    /** Never came up: nobody answered, or an ABORT did. */
    readonly failed: number;
    readonly aborted: number;
    readonly closed: number;
  };
  /** DATA chunks sent again, by sending host. */
  readonly retransmissions: Readonly<Record<string, number>>;
  /** Fresh data on another network than before in the same direction of an association, by sending host. */
  readonly pathSwitches: Readonly<Record<string, number>>;
  /** What became of associations whose network was cut; also in `paths.csv`. */
  readonly paths: readonly PathRow[];
  readonly heartbeats: { readonly sent: number; readonly acknowledged: number };
  /** Packets that carry acknowledgements and nothing else. */
  readonly sackOnly: number;
  readonly icmp: number;
}

export interface KeepAlives {
  readonly sent: number;
  readonly answered: number;
  /** From sending one to receiving its acknowledgement. */
  readonly roundTrip: DelaySummary;
}

export interface RegistrarLoad {
  readonly host: string;
  /** Messages received and sent, per second of the capture, by type. */
  readonly perSecond: Readonly<Record<string, number>>;
}

/** One life of a pool element in the handlespace. */
export interface Registration {
  readonly host: string;
  /** PE identifier. */
  readonly element: string;
  /** The registrar's first confirmation left. */
  readonly registeredAt: number;
  /** Null while it was not removed, or not visibly. */
  readonly removedAt: number | null;
  /**
   * `deregistration`: it asked; `registrar`: its registrar aborted the association for want of an answer; `successor`:
   * another registration under its identifier took its place.
   */
  readonly removedBy: 'deregistration' | 'registrar' | 'successor' | null;
}

/** A request of which more than one Complete was sent, retransmissions not counted. */
export interface DuplicateCompletion {
  readonly user: string;
  readonly request: number;
  readonly completions: readonly { readonly element: string; readonly sentAt: number }[];
}
