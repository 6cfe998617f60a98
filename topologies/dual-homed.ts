/** Two independent networks, every host has a leg in each: losing one costs a path, never a server. */
import { hosts, ms, network, type SctpOptions, topology } from '../harness/index.js';

/** `sctp`: what the kernels of elements and users are told about it. */
export const dualHomed = ({ registrars = 1, elements = 3, users = 3, delay = ms(10), sctp = {} as SctpOptions } = {}) =>
  topology({
    name: 'dual-homed',
    networks: { red: network('10.1.0.0/16', { delay }), blue: network('10.2.0.0/16', { delay }) },
    hosts: {
      registrars: hosts(registrars, { on: ['red', 'blue'] }),
      elements: hosts(elements, { on: ['red', 'blue'], sctp }),
      users: hosts(users, { on: ['red', 'blue'], sctp }),
    },
  });
