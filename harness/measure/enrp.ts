import type { AsapMessage, EnrpMessage } from './packet.js';

/** A registrar heard a peer's Presence, and held its checksum against what it has of that peer (RFC 5353). */
export interface Audit {
  readonly registrar: string;
  readonly peer: string;
  readonly at: number;
  /** It asked for the peer's handle table before it heard the next Presence: the checksums differed. */
  agrees: boolean;
}

/** Registrars among themselves, and whose home they are, as far as the wire shows it. */
export class RegistrarWire {
  /** Whose identifier is whose; a registrar has another in each of its lives. */
  readonly identifiers = new Map<string, string>();
  readonly audits: Audit[] = [];
  readonly takeoversBegun: { by: string; target: string; at: number }[] = [];
  /** Each change of an element's home, in order of time. */
  readonly homes: { element: string; registrar: string; at: number }[] = [];
  readonly #homeOf = new Map<string, string>();
  readonly #lastAudit = new Map<string, Audit>();

  /** @param registrars their hosts */
  constructor(private readonly registrars: ReadonlySet<string>) {}

  enrp(message: EnrpMessage): void {
    const { type, from, to, sender, target, sentAt, receivedAt } = message;
    if (from.host === null) return;
    this.identifiers.set(sender, from.host);
    if (to.host === null || to.host === from.host || !this.registrars.has(to.host)) return;
    if (type === 'presence') {
      const audit = { registrar: to.host, peer: from.host, at: receivedAt, agrees: true };
      this.audits.push(audit);
      this.#lastAudit.set(`${to.host} ${from.host}`, audit);
    }
    if (type === 'handleTableRequest') {
      const audit = this.#lastAudit.get(`${from.host} ${to.host}`);
      if (audit) audit.agrees = false;
    }
    if (type === 'initTakeover' && target !== null) this.takeoversBegun.push({ by: from.host, target, at: sentAt });
  }

  asap({ type, from, to, sentAt }: AsapMessage): void {
    if (type !== 'registrationResponse' || from.host === null || to.host === null) return;
    if (this.#homeOf.get(to.host) === from.host) return;
    this.#homeOf.set(to.host, from.host);
    this.homes.push({ element: to.host, registrar: from.host, at: sentAt });
  }

  /** Elements whose home the registrar was at that moment. */
  elementsOf(registrar: string, at: number): string[] {
    const homes = new Map<string, string>();
    for (const home of this.homes) if (home.at <= at) homes.set(home.element, home.registrar);
    return [...homes].filter(([, home]) => home === registrar).map(([element]) => element);
  }
}
