/**
 * What faults ask of a host, and the state that all of them together ask for. Faults come and go in any order, several
 * at a time on one host; so none of them undoes anything: the state is always made anew from those that are left.
 */
import type { Direction } from '../fault/fault.js';
import { combined, type Impairment } from '../topology/impairment.js';

/** Null as the network means all of the host's. */
export type Condition =
  /** Links are down: nothing comes, nothing goes. */
  | { readonly kind: 'down'; readonly network: string | null }
  /** One way only is closed: nothing comes (`in`), or nothing goes (`out`). */
  | { readonly kind: 'closed'; readonly network: string | null; readonly direction: Exclude<Direction, 'both'> }
  /** Nothing comes from these hosts, nothing goes to them. */
  | { readonly kind: 'apart'; readonly network: string | null; readonly from: readonly string[] }
  /** On top of what the network does. */
  | {
      readonly kind: 'worse';
      readonly network: string | null;
      readonly direction: Direction;
      readonly impairment: Impairment;
    }
  /** The host's processes together get this share of one CPU. */
  | { readonly kind: 'starved'; readonly share: number };

/** What a leg is to be like. */
export interface LegState {
  readonly up: boolean;
  /** What happens to packets on their way to the host: the network's doing, and what is worse than that. */
  readonly inward: Impairment;
  /** What happens to packets that the host sends, before the network gets them; null: nothing. */
  readonly outward: Impairment | null;
  readonly closed: { readonly in: boolean; readonly out: boolean };
  /** Hosts that it is apart from, sorted. */
  readonly apart: readonly string[];
}

/** What one leg is to be like, of a network that does this by itself. */
export function legState(network: string, own: Impairment, conditions: Iterable<Condition>): LegState {
  const here = [...conditions].filter((it) => it.kind !== 'starved' && (it.network ?? network) === network);
  const worse = (direction: Direction) =>
    here.flatMap((it) => (it.kind === 'worse' && isAlong(it.direction, direction) ? it.impairment : []));
  const outward = worse('out');
  const closed = (direction: Direction) => here.some((it) => it.kind === 'closed' && it.direction === direction);
  return {
    up: !here.some(({ kind }) => kind === 'down'),
    inward: worse('in').reduce(combined, own),
    outward: outward.length === 0 ? null : outward.reduce(combined),
    closed: { in: closed('in'), out: closed('out') },
    apart: [...new Set(here.flatMap((it) => (it.kind === 'apart' ? it.from : [])))].sort(),
  };
}

const isAlong = (asked: Direction, direction: Direction): boolean => asked === 'both' || asked === direction;

/** The share of one CPU that is left; null: no limit. */
export function cpuShare(conditions: Iterable<Condition>): number | null {
  const shares = [...conditions].flatMap((it) => (it.kind === 'starved' ? it.share : []));
  return shares.length === 0 ? null : Math.min(...shares);
}
