/** When a run began, by the clock of a host: one that is ahead of the journal's said a later time. */

/** Seconds that a host's clock is ahead of the journal's; of others none is. */
export type Clocks = ReadonlyMap<string, number>;

/** Epoch seconds, by host. */
export type EpochOf = (host: string) => number;

export const epochsFrom =
  (epoch: number, clocks: Clocks = new Map()): EpochOf =>
  (host) =>
    epoch + (clocks.get(host) ?? 0);
