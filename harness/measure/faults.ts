import type { FaultKind } from '../fault/fault.js';
import type { JournalEvent } from '../result/journal.js';

/** A fault as the journal tells it, from its injection to its healing. */
export interface FaultRecord {
  readonly id: number;
  readonly kind: string;
  readonly host: string;
  /** Null for the whole host. */
  readonly network: string | null;
  readonly injectedAt: number;
  /** Null when it lasted to the end of the run. */
  readonly healedAt: number | null;
  readonly addresses: readonly string[];
  /** The host came back under other addresses: for those who know it by the old ones, it never did. */
  readonly moved: boolean;
}

/** The faults that happened, in order of injection. */
export function faultsOf(journal: readonly JournalEvent[]): FaultRecord[] {
  const heals = new Map(
    journal.flatMap((event) => (event.event === 'faultHealed' ? [[event.id, event] as const] : [])),
  );
  return journal
    .filter((event) => event.event === 'faultInjected')
    .map(({ id, kind, host, network, injectedAt, addresses }) => {
      const heal = heals.get(id);
      const moved = heal !== undefined && !heal.addresses.some((address) => addresses.includes(address));
      return { id, kind, host, network, injectedAt, healedAt: heal?.healedAt ?? null, addresses, moved };
    })
    .sort((a, b) => a.injectedAt - b.injectedAt);
}

const stopping: ReadonlySet<string> = new Set<FaultKind>(['shutdown', 'kill', 'powerOff', 'freeze', 'failure']);

/** Whether the host's process does no work any more: killed, ended or frozen, but not merely cut off. */
export const stopsWork = ({ kind }: FaultRecord): boolean => stopping.has(kind);

const ending: ReadonlySet<string> = new Set<FaultKind>(['shutdown', 'kill', 'powerOff', 'failure']);

/** Whether the host's process is over: what comes back is another one, which registers anew. */
export const ends = ({ kind }: Pick<FaultRecord, 'kind'>): boolean => ending.has(kind);

/** Whether nobody gets an answer from the host any more. Who is behind a partition still may. */
export const silences = ({ kind }: Pick<FaultRecord, 'kind'>): boolean => stopping.has(kind) || kind === 'isolate';

/** One element that was given up: which, under which address, and while it was relied upon. */
export interface Loss {
  readonly element: string;
  readonly address: string | null;
  readonly user: string;
  readonly from: number;
  readonly givenUpAt: number;
}

/**
 * The fault that made a user give up an element: one that was at work, on the element or else on the user's own host,
 * between turning to the element and giving it up. What ends or isolates a host comes before what merely hampers it;
 * among equals the first is the cause, the later ones found it gone already.
 * @returns null when the journal knows of none
 */
export function causeOf(faults: readonly FaultRecord[], loss: Loss): FaultRecord | null {
  const atWork = faults.filter(
    ({ injectedAt, healedAt, moved }) =>
      injectedAt <= loss.givenUpAt && (healedAt === null || moved || healedAt > loss.from),
  );
  const onElement = atWork.filter(({ host, addresses, moved }) => {
    // A host that came back under another address is a different element, which the old one's fault says nothing about.
    const same = addresses.length === 0 || (loss.address === null ? !moved : addresses.includes(loss.address));
    return host === loss.element && same;
  });
  const isolating = ({ kind }: FaultRecord) => stopping.has(kind) || kind === 'isolate' || kind === 'partition';
  return (
    onElement.find(isolating) ??
    onElement.find(({ kind }) => kind === 'cutPath' || kind === 'flap') ??
    onElement[0] ??
    atWork.find(({ host, moved }) => host === loss.user && !moved) ??
    null
  );
}
