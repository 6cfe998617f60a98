/** Elements that were named to users although a fault had silenced them: by the same rule in labs and simulator. */

/** How long users could still be sent to an element that a fault had stopped or cut off. */
export interface DeadSelectable {
  readonly faultId: number;
  readonly host: string;
  readonly element: string;
  readonly faultAt: number;
  /**
   * The last handle resolution response that named it after the fault left, until it was healed; null when none did.
   * A process that was ended is not healed: its successor has another identifier.
   */
  readonly lastOfferedAt: number | null;
  /** How often it was named in that time. */
  readonly offered: number;
  /** The last time a user began to connect to it, in that time; null when none did. */
  readonly lastConnectedAt: number | null;
  /** How often users began to connect to it. */
  readonly connected: number;
  readonly removedAt: number | null;
  /** From the fault to the removal; null when the removal was not seen. */
  readonly seconds: number | null;
}

interface Times {
  /** Seconds since the run began, in order. */
  readonly at: readonly number[];
  /** Those after it do not count. */
  readonly until: number;
}

/**
 * @param fault that silenced an element's host
 * @param life of the element, as registrars knew it
 * @param offers when it was named to users
 * @param connections when users began to connect to it
 */
export function selectableAfter(
  fault: { readonly id: number; readonly host: string; readonly injectedAt: number },
  { element, removedAt }: { readonly element: string; readonly removedAt: number | null },
  offers: Times,
  connections: Times,
): DeadSelectable {
  const { id, host, injectedAt } = fault;
  const since = ({ at, until }: Times) => at.filter((time) => time > injectedAt && time <= until);
  const [offered, connected] = [since(offers), since(connections)];
  return {
    ...{ faultId: id, host, element, faultAt: injectedAt },
    ...{ lastOfferedAt: offered.at(-1) ?? null, offered: offered.length },
    ...{ lastConnectedAt: connected.at(-1) ?? null, connected: connected.length },
    removedAt,
    seconds: removedAt === null ? null : removedAt - injectedAt,
  };
}
