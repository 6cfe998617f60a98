/** Whether an experiment's own servers start at all: tried on this machine's loopback device before a lab is opened. */
import { createServer } from 'node:net';
import { realClock } from '../../base/clock.js';
import { badInput } from '../../base/errors.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { WebServer } from '../../experiment/web-parts.js';
import { askHealth } from '../proxy/health.js';
import { type Service, startService } from './service.js';

/** How long a try lasts at most, in seconds: what takes longer is left to the lab. */
const patience = 20;

/**
 * Starts each server once, and ends it as soon as it is healthy.
 * @param workspace where relative paths of their commands begin
 * @throws HarnessError `bad-input` for one that ends, or is not healthy in time
 */
export async function tryServers(plan: Plan, workspace: string): Promise<void> {
  const tried = new Set<string>();
  for (const { name, role } of hostsWith(plan, 'poolElement')) {
    const { server } = role;
    if (!server?.command || tried.has(JSON.stringify(server))) continue;
    tried.add(JSON.stringify(server));
    await tryServer(`${plan.experiment}.${name}.command`, server, workspace);
  }
}

async function tryServer(where: string, server: WebServer, workspace: string): Promise<void> {
  const port = await freePort();
  const command = server.command!;
  const service = startService(command, { port, workspace, output: 'keep' });
  try {
    const trouble = await untilHealthy(service, server, port);
    if (trouble === null) return;
    const answers = `answers ${server.health.path} with a status from 200 to 299`;
    const got = `'${command.join(' ')}': ${trouble}`;
    throw badInput(`${where}: expected a server that listens where PORT says and ${answers}, got ${got}`);
  } finally {
    await service.stop();
  }
}

/** @returns what is wrong; null when it is healthy */
async function untilHealthy(service: Service, { health, startWithin, port: fixed }: WebServer, port: number) {
  const deadline = realClock.now() + Math.min(patience, startWithin);
  let ended: string | null = null;
  void service.ended.then((how) => {
    ended = how;
  });
  for (let last = 'no answer'; ; ) {
    // Some listen where they always do.
    for (const each of [port, fixed]) {
      const answer = await askHealth(new URL(health.path, `http://127.0.0.1:${each}`), health.timeout);
      if (ended !== null) return ended;
      if (answer.healthy) return null;
      if (each === port) last = answer.reason!;
    }
    if (realClock.now() > deadline) return `${last} for ${Math.min(patience, startWithin)} s`;
    await realClock.sleepUntil(realClock.now() + 0.1);
  }
}

/** A moment later somebody else may have it, and then the server says so. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
