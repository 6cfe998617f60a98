/** Who has to reach whom: networks have no routers, so two hosts talk only over a network that both are on. */
import { badInput } from '../base/errors.js';
import type { Leg } from '../topology/topology.js';
import type { Role } from './role.js';

interface Placed {
  readonly name: string;
  readonly legs: readonly Leg[];
}
interface Player extends Placed {
  readonly role: { readonly kind: Role['kind']; readonly pool?: string };
}

/** The legs of `other` that are on a network of `host`: where it can be reached from there, in its own order. */
export const sharedLegs = <L extends Leg>(host: Placed, other: { readonly legs: readonly L[] }): L[] =>
  other.legs.filter(({ network }) => host.legs.some((leg) => leg.network === network));

/**
 * Registrars, elements and users talk to every registrar, and users to the elements of their pool. Attackers choose
 * whom they can reach.
 * @throws HarnessError `bad-input` for two of these that have no network in common
 */
export function checkReach(where: string, players: readonly Player[]): void {
  const sorts = oneOfEachSort(players);
  const playing = (kind: Role['kind']) => sorts.filter(({ role }) => role.kind === kind);
  const check = (a: Player, b: Player) => {
    if (a.name === b.name || sharedLegs(a, b).length > 0) return;
    const on = ({ name, legs }: Player) => `${name} on ${legs.map(({ network }) => network).join(' and ')}`;
    throw badInput(
      `${where}: expected ${a.name} and ${b.name} to have a network in common, for there are no routers, ` +
        `got ${on(a)}, ${on(b)}`,
    );
  };
  // Two hosts of one sort are on the same networks, of which there is at least one.
  for (const registrar of playing('registrar')) {
    for (const kind of ['registrar', 'poolElement', 'poolUser'] as const) {
      for (const player of playing(kind)) check(player, registrar);
    }
  }
  for (const user of playing('poolUser')) {
    for (const element of playing('poolElement')) if (element.role.pool === user.role.pool) check(user, element);
  }
}

/** One host of each sort, so that ten thousand users need not be held against a thousand elements. */
function oneOfEachSort(players: readonly Player[]): Player[] {
  const sortOf = ({ legs, role }: Player) => JSON.stringify([role.kind, role.pool, legs.map(({ network }) => network)]);
  const first = new Map<string, Player>();
  for (const player of players) {
    const sort = sortOf(player);
    if (!first.has(sort)) first.set(sort, player);
  }
  return [...first.values()];
}
