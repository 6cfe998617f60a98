/** Whether a plan's hosts and networks find room on this machine, before anything is started. */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { badInput } from '../base/errors.js';
import type { Plan } from '../experiment/plan.js';
import { overlap, type Subnet, subnet } from '../topology/address.js';
import { hostsIn } from './switch.js';

/** Linux numbers a bridge's ports with 10 bits, and number 0 is nobody's (net/bridge/br_private.h: BR_PORT_BITS). */
const bridgePorts = 1023;

/** @throws HarnessError `bad-input` for a network with more hosts than a bridge has ports */
export function checkPorts(plan: Plan, lab: string): void {
  for (const name of Object.keys(plan.topology.networks)) {
    const hosts = hostsIn(plan, name);
    if (hosts > bridgePorts) {
      throw badInput(
        `${plan.experiment}.topology: expected at most ${bridgePorts} hosts on a network on ${lab}, ` +
          `as many as a bridge has ports, got ${hosts} on '${name}'; --on sim takes more`,
      );
    }
  }
}

const GiB = 2 ** 30;

export interface MemoryNeed {
  /** What a lab kernel is given; 0 where there is none. */
  readonly givenMiB: number;
  /** What it was measured to use. */
  readonly usedMiB: number;
}

/** What this machine, or the container on it, has: in bytes. */
export interface MachineMemory {
  readonly total: number;
  readonly available: number;
}

/** @throws HarnessError `bad-input` for a plan that needs more memory than there is */
export function checkMemory(
  { experiment, hosts }: Plan,
  lab: string,
  { givenMiB, usedMiB }: MemoryNeed,
  { total, available }: MachineMemory = machineMemory(),
): void {
  const text = (bytes: number) => `${(bytes / GiB).toFixed(1)} GiB`;
  const refuse = (need: number, has: number, what: string) => {
    throw badInput(
      `${experiment}: expected a plan for the ${text(has)} of memory that this machine has ${what}, ` +
        `got ${hosts.length} hosts, which need ${text(need)} on ${lab}; take fewer hosts, or --on sim`,
    );
  };
  const [given, used] = [givenMiB * 2 ** 20, usedMiB * 2 ** 20];
  if (given > total) refuse(given, total, 'in all');
  if (used > available) refuse(used, available, 'left');
}

function machineMemory(): MachineMemory {
  // Without a limit it is 0, or a number beyond all memory.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return { total: Math.min(totalmem(), limit), available: Math.min(freemem(), limit) };
}

/** A network that the machine's own kernel knows a way to. */
export interface Route {
  readonly device: string;
  readonly subnet: Subnet;
}

/**
 * Networks of a lab that runs on the machine's own kernel must be none that the machine uses itself: who looks for its
 * hosts would find others.
 * @throws HarnessError `bad-input` for a network that is also one of the machine's routes
 */
export function checkRoutes(plan: Plan, lab: string, routes: readonly Route[] = machineRoutes()): void {
  for (const [name, { cidr }] of Object.entries(plan.topology.networks)) {
    const taken = routes.find((route) => overlap(route.subnet, subnet(name, cidr)));
    if (!taken) continue;
    const otherwise = lab === 'docker' ? 'uml+docker' : 'uml';
    throw badInput(
      `${plan.experiment}.topology: expected networks on ${lab} that this machine has no route to, ` +
        `got '${name}' (${cidr}), and its route ${taken.subnet.cidr} dev ${taken.device}; ` +
        `describe another network, or take --on ${otherwise}, where there are no routes`,
    );
  }
}

/** All but the default route: what is nobody's goes there. */
function machineRoutes(): Route[] {
  return parseRoutes(readFileSync('/proc/net/route', 'utf8')).filter(
    ({ subnet: { prefixLength } }) => prefixLength > 0,
  );
}

/** @param table as `/proc/net/route` has it: addresses as hexadecimal numbers, their bytes backwards */
export function parseRoutes(table: string): Route[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length > 7)
    .map((fields) => {
      const [device, destination, mask] = [fields[0]!, fields[1]!, fields[7]!];
      const bytes = destination.match(/../g)!.reverse();
      const length = [...Number.parseInt(mask, 16).toString(2)].filter((bit) => bit === '1').length;
      const address = bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
      return { device, subnet: subnet(`route of ${device}`, `${address}/${length}`) };
    });
}
