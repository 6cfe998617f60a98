/** One network, one leg per host: the star of the paper's simulation (figure 6), where a lost path is a lost server. */
import { hosts, ms, network, topology } from '../harness/index.js';

export const singleLan = ({ registrars = 1, elements = 3, users = 3, delay = ms(10) } = {}) =>
  topology({
    name: 'single-lan',
    networks: { lan: network('10.1.0.0/16', { delay }) },
    hosts: {
      registrars: hosts(registrars, { on: ['lan'] }),
      elements: hosts(elements, { on: ['lan'] }),
      users: hosts(users, { on: ['lan'] }),
    },
  });
