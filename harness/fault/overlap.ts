/**
 * Which faults may be on one host at the same time. Each is done either to the host's process or to its network:
 *
 * - A process has one fault at a time: one that is dead can be neither killed nor frozen.
 * - The network of a host may be hit whatever its process does, also when that is dead, and by several faults at once,
 *   but never twice by the same kind on the same network.
 *
 * A host dies with its links in a `powerOff`; that is a fault of its process all the same, and leaves its network to
 * others.
 */
import type { Fault, FaultKind } from './fault.js';

/** What is done to the host's process; every other fault is done to its network. */
const ofProcess: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'shutdown',
  'kill',
  'powerOff',
  'freeze',
  'cpuStarve',
  'failure',
]);

export const hitsProcess = (kind: FaultKind): boolean => ofProcess.has(kind);

/** What of a fault decides; `network` is null for all of the host's. */
export type Hit = Pick<Fault, 'kind' | 'network'>;

/** Whether a host that already has these faults may have another one. */
export const mayJoin = (fault: Hit, active: Iterable<Hit>): boolean =>
  [...active].every((other) => !exclude(fault, other));

function exclude(a: Hit, b: Hit): boolean {
  if (hitsProcess(a.kind) || hitsProcess(b.kind)) return hitsProcess(a.kind) && hitsProcess(b.kind);
  return a.kind === b.kind && (a.network === null || b.network === null || a.network === b.network);
}
