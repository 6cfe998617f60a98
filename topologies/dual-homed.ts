/** Two independent networks, every host has a leg in each: losing one costs a path, never a server. */
import { hosts, ms, network, topology } from '../harness/index.js';

export const dualHomed = ({ registrars = 1, elements = 3, users = 3, delay = ms(10) } = {}) =>
  topology({
    name: 'dual-homed',
    networks: { red: network('10.1.0.0/16', { delay }), blue: network('10.2.0.0/16', { delay }) },
    hosts: {
      registrars: hosts(registrars, { on: ['red', 'blue'] }),
      elements: hosts(elements, { on: ['red', 'blue'] }),
      users: hosts(users, { on: ['red', 'blue'] }),
    },
  });
