/** The dual-homed networks, with hosts on them that do not belong there: each has a leg in both. */
import { hosts, ms, network, topology } from '../harness/index.js';

export const attacked = ({ registrars = 1, elements = 3, users = 3, attackers = 1, delay = ms(10) } = {}) =>
  topology({
    name: 'attacked',
    networks: { red: network('10.1.0.0/16', { delay }), blue: network('10.2.0.0/16', { delay }) },
    hosts: {
      registrars: hosts(registrars, { on: ['red', 'blue'] }),
      elements: hosts(elements, { on: ['red', 'blue'] }),
      users: hosts(users, { on: ['red', 'blue'] }),
      attackers: hosts(attackers, { on: ['red', 'blue'] }),
    },
  });
