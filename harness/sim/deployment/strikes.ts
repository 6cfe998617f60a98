/** What each fault does to a host: to its legs, or to the process that runs on it; and how it is undone. */
import type { Strike } from '../faults.js';
import type { EventQueue } from '../queue.js';
import type { Node } from './network.js';
import type { Component } from './process.js';

/** A host that a fault strikes. */
interface Struck {
  readonly queue: EventQueue;
  readonly node: Node;
  readonly component: Component;
}

/** Links that flap, by fault: what ends it. */
const stops = new WeakMap<Strike, () => void>();

/** @returns seconds until it can be healed at the earliest */
export function inject(strike: Strike, { queue, node, component }: Struck): number {
  switch (strike.kind) {
    case 'shutdown':
      return component.shutDown();
    case 'kill':
      component.kill();
      break;
    case 'powerOff':
      silence(node, 'both', 1);
      component.vanish();
      break;
    case 'freeze':
      component.freeze();
      break;
    case 'cpuStarve':
      node.cpuShare = strike.cpuShare!;
      break;
    case 'isolate':
      silence(node, strike.direction, 1);
      break;
    case 'cutPath':
      cut(node, strike, 1);
      break;
    case 'flap':
      stops.set(strike, flap(node, strike, queue));
      break;
    case 'partition':
      node.partitions.add(strike);
      break;
    case 'impair':
      node.impairments.add(strike);
  }
  return 0;
}

export function heal(strike: Strike, { queue, node, component }: Struck): void {
  switch (strike.kind) {
    case 'powerOff':
      silence(node, 'both', -1);
      restart(strike, node, component);
      break;
    case 'shutdown':
    case 'kill':
      restart(strike, node, component);
      break;
    case 'freeze':
      component.thaw();
      break;
    case 'cpuStarve':
      node.cpuShare = 1;
      break;
    case 'isolate':
      silence(node, strike.direction, -1);
      break;
    case 'cutPath':
      cut(node, strike, -1);
      break;
    case 'flap':
      stops.get(strike)?.();
      break;
    case 'partition':
      node.partitions.delete(strike);
      break;
    case 'impair':
      node.impairments.delete(strike);
  }
  connected(node, strike, queue);
}

const pathsOf = ({ network }: Strike, node: Node): readonly string[] => (network === null ? node.networks : [network]);

/** What connects a host again has to be noticed before its paths are trusted. */
function connected(node: Node, strike: Strike, { now }: EventQueue): void {
  for (const path of pathsOf(strike, node)) node.connectedAt.set(path, now);
}

function silence(node: Node, direction: Strike['direction'], change: 1 | -1): void {
  if (direction !== 'out') node.deaf += change;
  if (direction !== 'in') node.mute += change;
}

function cut(node: Node, strike: Strike, change: 1 | -1): void {
  for (const path of pathsOf(strike, node)) node.cuts.set(path, (node.cuts.get(path) ?? 0) + change);
}

/** First down. @returns what ends it, with links up */
function flap(node: Node, strike: Strike, queue: EventQueue): () => void {
  const { down, up } = strike.flapping!;
  let isDown = false;
  let next = -1;
  const turn = () => {
    isDown = !isDown;
    cut(node, strike, isDown ? 1 : -1);
    if (!isDown) connected(node, strike, queue);
    next = queue.call(queue.now + (isDown ? down : up), turn);
  };
  turn();
  return () => {
    queue.revoke(next);
    if (isDown) cut(node, strike, -1);
  };
}

function restart({ reappear }: Strike, node: Node, component: Component): void {
  if (reappear === 'new-address') node.address++;
  component.start();
}
