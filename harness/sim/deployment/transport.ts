/** What carries messages between two processes: SCTP over all networks that their hosts share, TCP over the first. */
import type { Network, Node, SctpTimers } from './network.js';

export interface Transport {
  /** Networks, the primary one first. */
  readonly paths: (network: Network, from: Node, to: Node) => readonly string[];
  readonly timers: (network: Network, from: Node, to: Node) => SctpTimers;
  /** Until the side that asked for it may send. */
  readonly roundTrips: 1 | 2;
  /** Retransmissions of what asks for it. */
  readonly setupRetransmissions: number;
  /** Whether the end is told only once all that was sent has been acknowledged (RFC 9260, section 9.2). */
  readonly endsAcknowledged: boolean;
}

/** INIT and COOKIE ECHO are sent again as often as Linux does (RFC 9260, section 16). */
export const sctp: Transport = {
  paths: (network, from, to) => network.pathsBetween(from, to),
  timers: (_, { sctp: timers }) => timers,
  roundTrips: 2,
  setupRetransmissions: 8,
  endsAcknowledged: true,
};

/** Linux's shortest time, in seconds, until something is sent again, beyond the round trip. */
const minimum = 0.2;

/** TCP as Linux has it (RFC 6298; `tcp_syn_retries`, `tcp_retries2`). */
export const tcp: Transport = {
  paths: (network, from, to) => network.pathsBetween(from, to).slice(0, 1),
  timers: (network, from, to) => ({
    rtoInitial: 1,
    rtoMin: minimum + network.roundTrip(from, to),
    rtoMax: 120,
    associationMaxRetransmissions: 15,
    potentiallyFailedRetransmissions: Number.POSITIVE_INFINITY,
    sackDelay: 0,
  }),
  roundTrips: 1,
  setupRetransmissions: 6,
  endsAcknowledged: false,
};
