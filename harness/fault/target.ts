import { z } from 'zod';

/** Whom a fault hits. `busy` and `one` are resolved at the moment of injection, and what was hit is journalled. */
export const targetSchema = z.discriminatedUnion('select', [
  z.strictObject({ select: z.literal('one'), group: z.string() }),
  z.strictObject({ select: z.literal('all'), group: z.string() }),
  z.strictObject({ select: z.literal('busy'), group: z.string() }),
  z.strictObject({ select: z.literal('named'), names: z.array(z.string()).min(1) }),
]);
export type Target<Group extends string = string> =
  | { select: 'one' | 'all' | 'busy'; group: Group }
  | { select: 'named'; names: string[] };

/** One host of the group, drawn at random among those that are up. */
export const one = <const Group extends string>(group: Group): Target<Group> => ({ select: 'one', group });

/** Every host of the group, at the same moment; under `mtbf`, each by its own clock. */
export const all = <const Group extends string>(group: Group): Target<Group> => ({ select: 'all', group });

/**
 * A pool element of the group that serves a request at this moment, or a registrar that is home of elements, drawn at
 * random among those.
 */
export const busy = <const Group extends string>(group: Group): Target<Group> => ({ select: 'busy', group });

/** Exactly these, e.g. `named('pe1', 'pe2')`; the name of a host group or a network stands for all its hosts. */
export const named = (...names: string[]): Target<never> => ({ select: 'named', names });

/** For tables and journals, e.g. `busy elements`, `pe1, pe2`. */
export const describeTarget = (target: Target): string =>
  target.select === 'named' ? target.names.join(', ') : `${target.select} ${target.group}`;
