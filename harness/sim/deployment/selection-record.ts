/** Keeps whom registrars named to users, and to whom users turned, for what is told of silenced elements. */
import { type DeadSelectable, selectableAfter } from '../../result/selection.js';
import { isDeath, type Strike } from '../faults.js';
import type { Node } from './network.js';
import type { Process } from './process.js';

/** An element as registrars know it. */
interface Life {
  readonly process: Process;
  /** Where it is reached. */
  readonly address: number;
  readonly registeredAt: number;
  removedAt: number | null;
  /** When it was named to users. */
  readonly offers: number[];
}

const silences = ({ kind }: Strike): boolean => isDeath(kind) || kind === 'freeze' || kind === 'isolate';

export class SelectionRecord {
  readonly #lives: Life[] = [];
  readonly #current = new Map<Process, Life>();
  readonly #connections: { readonly node: Node; readonly address: number; readonly at: number }[] = [];

  registered(process: Process, address: number, at: number): void {
    if (this.#current.has(process)) return;
    const life: Life = { process, address, registeredAt: at, removedAt: null, offers: [] };
    this.#current.set(process, life);
    this.#lives.push(life);
  }

  removed(process: Process, at: number): void {
    const life = this.#current.get(process);
    if (!life) return;
    life.removedAt = at;
    this.#current.delete(process);
  }

  /** A registrar that knows the element by another one may name it before it has answered it. */
  offered(process: Process, at: number): void {
    this.#lives.findLast((life) => life.process === process)?.offers.push(at);
  }

  /** A user begins to set up an association with whoever has that address. */
  connecting({ node, address }: { readonly node: Node; readonly address: number }, at: number): void {
    this.#connections.push({ node, address, at });
  }

  /** Of each fault that silenced a registered element. */
  rows(strikes: readonly Strike[]): DeadSelectable[] {
    return strikes.filter(silences).flatMap((strike) => {
      const { host, kind, injectedAt, reappear } = strike;
      const isRegistered = ({ process, registeredAt, removedAt }: Life) =>
        process.node.name === host && registeredAt <= injectedAt && (removedAt ?? injectedAt) >= injectedAt;
      const life = this.#lives.findLast(isRegistered);
      if (!life) return [];
      const { process, address, removedAt, offers } = life;
      const healedAt = strike.healedAt ?? Number.POSITIVE_INFINITY;
      const isGone = isDeath(kind);
      const hasMoved = isGone && reappear === 'new-address' && strike.healedAt !== null;
      const connections = this.#connections.filter((each) => each.node.name === host && each.address === address);
      return selectableAfter(
        strike,
        { element: `${host}.${process.life}`, removedAt },
        { at: offers, until: isGone ? Number.POSITIVE_INFINITY : healedAt },
        { at: connections.map(({ at }) => at), until: hasMoved ? Number.POSITIVE_INFINITY : healedAt },
      );
    });
  }
}
