/**
 * Faults of the network on somebody's own host: nftables that drop SCTP between the experiment's own addresses, and
 * nothing else. SSH is TCP, so the connection that heals them is none of theirs. Each condition has a table of its own,
 * which goes as a whole. Pure: words for `nft`.
 */
import type { Condition } from '../conditions.js';

export type NetworkCondition = Exclude<Condition, { kind: 'worse' | 'starved' }>;

export interface Scope {
  /** The host's own addresses that are meant. */
  readonly own: readonly string[];
  /** Those of the hosts that it is cut from. */
  readonly others: readonly string[];
}

/** Before anything else that filters, so that what it drops is never counted as sent. */
const first = -300;
const last = 300;

export const dropTable = (table: string, condition: NetworkCondition, { own, others }: Scope): string[] => {
  const [mine, theirs] = [set(own), set(others)];
  const [inward, outward] =
    condition.kind === 'closed' ? [condition.direction === 'in', condition.direction === 'out'] : [true, true];
  return transaction([
    `add table inet ${table}`,
    ...(inward ? chain(table, 'input', first, `ip saddr ${theirs} ip daddr ${mine} ${sctp} counter drop`) : []),
    ...(outward ? chain(table, 'output', first, `ip saddr ${mine} ip daddr ${theirs} ${sctp} counter drop`) : []),
  ]);
};

/** Counts what leaves the host, after all that may drop it. */
export const countTable = (table: string, { own, others }: Scope): string[] =>
  transaction([
    `add table inet ${table}`,
    ...chain(table, 'output', last, `ip saddr ${set(own)} ip daddr ${set(others)} ${sctp} counter`),
  ]);

export const deleteTable = (table: string): string[] => ['nft', 'delete', 'table', 'inet', table];
export const listTable = (table: string): string[] => ['nft', 'list', 'table', 'inet', table];

/** Packets that the counters of a listed table have seen. */
export const packetsIn = (listing: string): number =>
  [...listing.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);

const sctp = 'meta l4proto sctp';
const set = (addresses: readonly string[]): string => `{ ${addresses.join(', ')} }`;
const transaction = (commands: readonly string[]): string[] => ['nft', commands.join('; ')];

const chain = (table: string, hook: 'input' | 'output', priority: number, rule: string): string[] => [
  `add chain inet ${table} ${hook} { type filter hook ${hook} priority ${priority} ; policy accept ; }`,
  `add rule inet ${table} ${hook} ${rule}`,
];
