/** What the parts of a registrar share: who it is, what it holds, what it may do outside. */
import type { Registrar as RegistrarRole } from '../../../experiment/role.js';
import type { Handlespace } from './handlespace.js';
import type { Timers } from './timers.js';

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly port: number;
}

/** Associations of one protocol. */
export interface Channel {
  /** @returns whether it was taken; it is not once the association is over */
  send(association: number, bytes: Buffer): boolean;
  /** @returns an association that may come up, to which messages can be given at once; null when that cannot be */
  connect(to: Endpoint): number | null;
  /** Ends it at once; what was not delivered is lost. */
  abort(association: number): void;
}

/** The world of a registrar: nothing in it waits. */
export interface Outside {
  /** Epoch seconds. */
  now(): number;
  readonly asap: Channel;
  readonly enrp: Channel;
  /** To the group of a protocol, on all networks. */
  announce(protocol: 'asap' | 'enrp', bytes: Buffer): void;
  log(text: string): void;
  /** Elements and users are served from now on. */
  ready(): void;
}

export type RegistrarParameters = Omit<RegistrarRole, 'kind'>;

export interface RegistrarOptions {
  /** Not 0, which is nobody's. */
  readonly identifier: number;
  readonly parameters: RegistrarParameters;
  /** Where peers reach it. */
  readonly enrp: Endpoint;
  /** Peers that it is told of. */
  readonly peers: readonly Endpoint[];
  /** Whether it tells groups of itself, so that others find it. */
  readonly announces: boolean;
}

export interface Counts {
  registrations: number;
  reregistrations: number;
  deregistrations: number;
  handleResolutions: number;
  failureReports: number;
  synchronizations: number;
  handleUpdates: number;
  endpointKeepAlives: number;
}

export interface Core {
  readonly options: RegistrarOptions;
  readonly outside: Outside;
  readonly timers: Timers;
  readonly handlespace: Handlespace;
  readonly counts: Counts;
}

/** `$0200010a`, as logs name registrars and elements. */
export const hex = (identifier: number): string => `$${identifier.toString(16).padStart(8, '0')}`;

/** Elements that have no home are nobody's: their home was lost sight of, and none has claimed them yet. */
export const nobody = 0;
