import type { Fault, FaultKind } from '../fault/fault.js';
import type { ScheduledFault } from '../fault/schedule.js';

/**
 * What the plan says about a recorded fault: of those that may have become it, the one meant for this host, or for that
 * time, rather than others.
 */
export function plannedAs(
  faults: readonly ScheduledFault[],
  kind: string,
  host: string,
  time: number,
): Fault | undefined {
  const fitting = faults.filter(({ fault }) => fault.kind === kind || isPlannedAs(fault.kind, kind));
  const farOff = (it: ScheduledFault) => (it.when === 'at' ? Math.abs(it.time - time) : Number.POSITIVE_INFINITY);
  const named = fitting.filter(({ fault: { target } }) => target.select === 'named' && target.names.includes(host));
  const candidates = named.length > 0 ? named : fitting;
  return candidates.reduce<ScheduledFault | undefined>(
    (best, each) => (best && farOff(best) <= farOff(each) ? best : each),
    undefined,
  )?.fault;
}

/** A lab records what a `failure` turned out to be. */
const isPlannedAs = (planned: FaultKind, recorded: string): boolean =>
  planned === 'failure' && (recorded === 'shutdown' || recorded === 'powerOff');
