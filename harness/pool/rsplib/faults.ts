/** How each fault is done to an RSPLIB component, what shows that it took effect, and how it is healed. */
import type { Clock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import { waitFor } from '../../base/wait.js';
import type { Strike } from '../../fault/injector.js';
import { processState } from '../../lab/kernel.js';
import type { Component } from './component.js';

export async function inject(component: Component, { kind, fault }: Strike, clock: Clock): Promise<string> {
  switch (kind) {
    case 'shutdown':
      return ended(component, 'SIGINT', clock);
    case 'kill':
      return ended(component, 'SIGKILL', clock);
    case 'powerOff':
      return powerOff(component, clock);
    case 'freeze':
      return freeze(component, clock);
    case 'isolate':
      return component.host.setLinks(null, false);
    case 'cutPath':
      return component.host.setLinks(fault.network, false);
    case 'impair':
      return component.host.impair(fault.network, fault.impairment);
    default:
      throw labBroken(`${kind} was planned although no lab can do it`);
  }
}

/**
 * @param farewell waits until a closed association is closed on both sides
 * @param restart starts the component again and waits until it serves
 */
export async function heal(
  { host, process }: Component,
  { kind, fault }: Strike,
  farewell: () => Promise<void>,
  restart: () => Promise<void>,
): Promise<void> {
  switch (kind) {
    case 'freeze':
      process?.signal('SIGCONT');
      return;
    case 'isolate':
    case 'cutPath':
      await host.setLinks(fault.network, true);
      return;
    case 'impair':
      await host.impair(fault.network, null);
      return;
    default:
      if (fault.reappear === 'new-address') {
        if (kind !== 'powerOff') {
          // What the dead process sent in leaving is still on its way, and this must not become a power-off.
          await farewell();
          await host.setLinks(null, false);
        }
        await host.readdress();
        await host.setLinks(null, true);
      } else if (kind === 'powerOff') {
        await host.setLinks(null, true);
      }
      await restart();
  }
}

async function ended(component: Component, signal: 'SIGINT' | 'SIGKILL', clock: Clock): Promise<string> {
  const [before, pid] = [clock.now(), component.process?.pid];
  const end = await component.end(signal);
  if (!end) throw labBroken(`${component.name} was dead before ${signal} could reach it`);
  const seconds = (clock.now() - before).toFixed(3);
  return `process ${pid} ended ${seconds} s after ${signal} (${end.signal ?? `exit code ${end.exitCode}`})`;
}

async function powerOff(component: Component, clock: Clock): Promise<string> {
  const { host } = component;
  const links = await host.setLinks(null, false);
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
