/** How each fault is done to a component, what shows that it took effect, and how it is healed. */
import type { Clock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import { waitFor } from '../../base/wait.js';
import type { Strike } from '../../fault/injector.js';
import type { Condition } from '../../lab/conditions.js';
import { processState } from '../../lab/kernel.js';
import type { PoolContext } from '../pool.js';
import type { Component } from './component.js';
import { Flapping } from './flapping.js';

export async function inject(component: Component, strike: Strike, context: PoolContext): Promise<string> {
  const { clock } = context;
  switch (strike.kind) {
    case 'shutdown':
      return ended(component, 'SIGINT', clock);
    case 'kill':
      return ended(component, 'SIGKILL', clock);
    case 'powerOff':
      return powerOff(component, strike, clock);
    case 'freeze':
      return freeze(component, clock);
    case 'flap': {
      const flapping = new Flapping(
        component.host,
        nameOf(strike),
        conditionOf(strike),
        strike.fault.flapping!,
        context,
      );
      component.flapping.set(strike.id, flapping);
      return flapping.start();
    }
    default:
      return component.host.impose(nameOf(strike), conditionOf(strike));
  }
}

/**
 * @param farewell waits until a closed association is closed on both sides
 * @param restart starts the component again and waits until it serves
 * @returns what the fault did while it lasted; empty when nothing was counted
 */
export async function heal(
  component: Component,
  strike: Strike,
  farewell: () => Promise<void>,
  restart: () => Promise<void>,
): Promise<string> {
  const { host, process, flapping, planned } = component;
  const { kind, fault } = strike;
  switch (kind) {
    case 'freeze':
      process?.signal('SIGCONT');
      return '';
    case 'flap':
      return flapping.get(strike.id)!.stop();
    case 'isolate':
    case 'partition':
    case 'cutPath':
    case 'impair':
    case 'cpuStarve':
      return host.lift(nameOf(strike));
    default:
      if (fault.reappear === 'new-address') {
        if (kind !== 'powerOff') {
          // What the dead process sent in leaving is still on its way, and this must not become a power-off.
          await farewell();
          await host.impose(nameOf(strike), silence);
        }
        await host.readdress();
        await host.lift(nameOf(strike));
      } else if (kind === 'powerOff') {
        await host.reboot();
        await host.lift(nameOf(strike));
      } else if (planned.role.kind === 'registrar') {
        // Its port is the one that everybody knows, and its kernel may be taking leave of a silent peer for minutes.
        await farewell();
        await host.reboot();
      }
      await restart();
      return '';
  }
}

const nameOf = ({ id, kind }: Strike): string => `fault ${id} (${kind})`;

const silence: Condition = { kind: 'down', network: null };

/** What a fault of the network or the CPU asks of its host. */
export function conditionOf({ kind, host, fault }: Pick<Strike, 'kind' | 'host' | 'fault'>): Condition {
  const { network, direction, impairment, sides, cpuShare } = fault;
  switch (kind) {
    case 'isolate':
      return direction === 'both' ? silence : { kind: 'closed', network: null, direction };
    case 'cutPath':
    case 'flap':
      return { kind: 'down', network };
    case 'partition':
      return { kind: 'apart', network, from: sides!.filter((side) => !side.includes(host)).flat() };
    case 'impair':
      return { kind: 'worse', network, direction, impairment: impairment! };
    case 'cpuStarve':
      return { kind: 'starved', share: cpuShare! };
    default:
      throw new Error(`a ${kind} is done to a process`);
  }
}

async function ended(component: Component, signal: 'SIGINT' | 'SIGKILL', clock: Clock): Promise<string> {
  const [before, pid] = [clock.now(), component.process?.pid];
  const end = await component.end(signal);
  if (!end) throw labBroken(`${component.name} was dead before ${signal} could reach it`);
  const seconds = (clock.now() - before).toFixed(3);
  return `process ${pid} ended ${seconds} s after ${signal} (${end.signal ?? `exit code ${end.exitCode}`})`;
}

async function powerOff(component: Component, strike: Strike, clock: Clock): Promise<string> {
  const { host } = component;
  const links = await host.impose(nameOf(strike), silence);
  const before = await host.packetsSent();
  const end = await ended(component, 'SIGKILL', clock);
  const after = await host.packetsSent();
  // An ABORT that leaves would make this a `kill`, which peers notice at once.
  if (after !== before) throw labBroken(`${component.name} sent ${after - before} packets after its power was off`);
  return `${links}; no packet left since; ${end}`;
}

async function freeze({ name, process }: Component, clock: Clock): Promise<string> {
  if (!process) throw labBroken(`${name} was dead before it could be frozen`);
  process.signal('SIGSTOP');
  await waitFor(`${name} to stop`, async () => ((await processState(process.pid)) === 'T' ? true : undefined), {
    clock,
    withinSeconds: 5,
    everySeconds: 0.005,
  });
  return `process ${process.pid} is stopped (state T)`;
}
