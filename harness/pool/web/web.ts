/** Pools of web servers: proxies of our own in front of servers and clients that know nothing of RSerPool. */
import { fileURLToPath } from 'node:url';
import { badInput } from '../../base/errors.js';
import type { Plan } from '../../experiment/plan.js';
import { fileOf } from '../files.js';
import type { Implementation, Launch, PoolHost } from '../implementation.js';
import { elementOrder, native, userOrder } from '../native/native.js';
import { readEvents } from '../native/peer/journal.js';
import { elementPort, userPort, type WebElementOrder, type WebUserOrder } from './order.js';

/** MiB; measured: 70 for a proxy with its clients, 60 for one in front of a server, and a server of Node.js as much. */
export const memoryOfWeb = (plan: Pick<Plan, 'hosts'>): number =>
  120 * plan.hosts.filter(({ role }) => role.kind === 'poolElement' && role.server).length +
  80 * plan.hosts.filter(({ role }) => role.kind === 'poolUser' && role.load).length;

export const web: Implementation = {
  ...native,
  name: 'proxy',
  checkHost(where, host) {
    native.checkHost(where, host);
    checkParts(where, host);
  },
  launch(plan, host, life) {
    const { role, name } = host;
    const { number, workspace } = life;
    switch (role.kind) {
      case 'poolElement':
        return launchOf('element', { ...elementOrder(plan, { ...host, role }, life), workspace });
      case 'poolUser':
        return launchOf('user', {
          ...userOrder(plan, { ...host, role }, life),
          ...{ workspace, rows: fileOf(name, number, 'ndjson') },
          ...{ k6Points: fileOf(name, number, 'k6.json'), k6Summary: fileOf(name, number, 'k6-summary.json') },
        });
      default:
        throw new Error('a registrar is no proxy');
    }
  },
  // Requests come and go in milliseconds, so who is fit is at work.
  isWorking: (lines, before) =>
    readEvents(lines).reduce((working, it) => {
      if (it.event === 'registered') return true;
      return it.event === 'deregistered' || (it.event === 'fitness' && !it.healthy) ? false : working;
    }, before),
  worksWithoutSessions: true,
};

const launchOf = (program: 'element' | 'user', order: WebElementOrder | WebUserOrder): Launch => ({
  command: [process.execPath, fileURLToPath(new URL(`./${program}.js`, import.meta.url)), JSON.stringify(order)],
  ofMachine: true,
});

function checkParts(where: string, { role }: PoolHost): void {
  if (role.kind === 'poolElement' && !role.server)
    throw badInput(`${where}: expected a server, as webElement has, got none`);
  if (role.kind === 'poolUser' && !role.load) throw badInput(`${where}: expected a load, as webUser has, got none`);
  if (role.kind !== 'poolElement') return;
  const { port } = role.server!;
  const taken = [elementPort, userPort];
  if (taken.includes(port))
    throw badInput(`${where}.port: expected another port than those of the proxies (${taken.join(', ')}), got ${port}`);
}
