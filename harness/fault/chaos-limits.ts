/** Holds a fault that chaos would like to have against those that it has already. All times in whole milliseconds. */
import type { ChaosKind, Choice } from './chaos-kinds.js';
import { mayJoin } from './overlap.js';

/** A choice with its times. */
export interface Planned extends Choice {
  readonly from: number;
  readonly to: number;
}

export interface Bounds {
  /** Of each group, how many hosts may be down at the same time. */
  readonly down: Readonly<Record<string, number>>;
  readonly recovery: number;
}

/** @param before drawn earlier, in order of their beginnings, none of which is later than the candidate's */
export function isWithinLimits(candidate: Planned, before: readonly Planned[], bounds: Bounds): boolean {
  return (
    candidate.hosts.every(({ name }) => {
      const others = before.filter(({ hosts }) => hosts.some((host) => host.name === name));
      return mayHave(candidate, others, bounds) && keepsPath(candidate, others);
    }) && staysUp(candidate, before, bounds)
  );
}

/** A fault either joins one that goes on, if the two go together, or waits until the host has recovered. */
function mayHave(wanted: Planned, others: readonly Planned[], { recovery }: Bounds): boolean {
  const active = others.filter(({ to }) => to > wanted.from);
  const recovered = others.every(({ to }) => to > wanted.from || to + recovery <= wanted.from);
  return recovered && mayJoin(wanted, active);
}

/** Paths are cut one at a time: without any, the host would be isolated, which counts differently. */
const keepsPath = ({ kind, from }: Planned, others: readonly Planned[]): boolean =>
  !cuts(kind) || others.every((other) => !cuts(other.kind) || other.to <= from);

const cuts = (kind: ChaosKind): boolean => kind === 'cutPath' || kind === 'flap';

/**
 * At no time are more hosts of a group down than may be. Since all others began earlier, the most of them are down at
 * the candidate's beginning.
 */
function staysUp({ down, from }: Planned, before: readonly Planned[], { down: most, recovery }: Bounds): boolean {
  const already = before.filter(({ to }) => to + recovery > from).flatMap((other) => other.down);
  return down.every(({ group }) => {
    const names = [...already, ...down].filter((host) => host.group === group).map(({ name }) => name);
    return new Set(names).size <= (most[group] ?? 0);
  });
}
