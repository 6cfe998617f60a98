import { type DeadSelectable, selectableAfter } from '../result/selection.js';
import { ends, type FaultRecord, silences } from './faults.js';
import type { AsapMessage, EnrpMessage, Packet } from './packet.js';
import type { Registration } from './statistics.js';

type Open = { -readonly [K in keyof Registration]: Registration[K] } & {
  association: string | null;
  registrar: string | null;
};

/** Follows who is in the handlespace, as far as the wire shows it. */
export class Handlespace {
  readonly #all: Open[] = [];
  readonly #current = new Map<string, Open>();
  /** The association on which an element registered, and its host. */
  readonly #registeredOn = new Map<string, string>();
  readonly #offers: { element: string; at: number }[] = [];
  /** Users' associations with whomever, by name: the first INIT of each. */
  readonly #connections = new Map<string, { address: string; at: number }>();

  message(message: AsapMessage): void {
    const [element] = message.elements;
    if (message.type === 'registrationResponse' && element !== undefined) this.#registered(message, element);
    if (message.type === 'deregistrationResponse' && element !== undefined) {
      this.#removed(element, message.sentAt, 'deregistration');
    }
    if (message.type === 'handleResolutionResponse') {
      for (const each of message.elements) this.#offers.push({ element: each, at: message.sentAt });
    }
  }

  /** A user's INIT; one that is sent again begins no other connection. */
  connecting({ association, to, sentAt }: Packet): void {
    if (association !== null && !this.#connections.has(association))
      this.#connections.set(association, { address: to.address, at: sentAt });
  }

  /** What a registrar tells its peers: that it removed an element, whoever is its home by then. */
  update({ removes, elements, receivedAt }: EnrpMessage): void {
    if (removes) for (const element of elements) this.#removed(element, receivedAt, 'registrar');
  }

  /** A registrar that aborts an element's association has removed the element. */
  aborted({ association, sentAt, from }: Packet, isRegistrar: (host: string) => boolean): void {
    const element = association === null ? undefined : this.#registeredOn.get(association);
    if (element === undefined || from.host === null || !isRegistrar(from.host)) return;
    // One that the element has left for another says nothing about it any more.
    if (this.#current.get(element)?.association === association) this.#removed(element, sentAt, 'registrar');
  }

  registrations(): Registration[] {
    return this.#all.map(({ association: _, registrar: __, ...life }) => life);
  }

  deadSelectable(faults: readonly FaultRecord[]): DeadSelectable[] {
    return faults.filter(silences).flatMap((fault) => {
      const { host, injectedAt } = fault;
      const life = this.#all.findLast(
        (each) => each.host === host && each.registeredAt <= injectedAt && (each.removedAt ?? injectedAt) >= injectedAt,
      );
      if (!life) return [];
      const healedAt = fault.healedAt ?? Number.POSITIVE_INFINITY;
      const offers = this.#offers.filter(({ element }) => element === life.element);
      const connections = [...this.#connections.values()].filter(({ address }) => fault.addresses.includes(address));
      const times = (those: readonly { at: number }[], isForGood: boolean) => ({
        at: those.map(({ at }) => at),
        until: isForGood ? Number.POSITIVE_INFINITY : healedAt,
      });
      return selectableAfter(fault, life, times(offers, ends(fault)), times(connections, fault.moved));
    });
  }

  #registered({ from, to, sentAt, association }: AsapMessage, element: string): void {
    if (association !== null) this.#registeredOn.set(association, element);
    const known = this.#current.get(element);
    if (to.host === null || known?.association === association) return;
    if (known && known.registrar !== from.host) {
      // It has found another home, and lives on.
      Object.assign(known, { association, registrar: from.host });
      return;
    }
    // The same identifier on another association: the element started again before it was missed.
    if (known) this.#removed(element, sentAt, 'successor');
    const life: Open = {
      host: to.host,
      element,
      registeredAt: sentAt,
      removedAt: null,
      removedBy: null,
      association,
      registrar: from.host,
    };
    this.#current.set(element, life);
    this.#all.push(life);
  }

  #removed(element: string, at: number, by: Registration['removedBy']): void {
    const life = this.#current.get(element);
    if (!life) return;
    Object.assign(life, { removedAt: at, removedBy: by });
    this.#current.delete(element);
  }
}
