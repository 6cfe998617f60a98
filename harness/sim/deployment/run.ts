/**
 * The model of a real deployment: every message is sent through associations over the topology's networks, with what
 * netem and the faults do to them. It predicts what the protocols should give; what an implementation adds to that is
 * for the laboratory to find.
 */
import { randomFrom } from '../../base/random.js';
import { firstStrike } from '../../experiment/attacker.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import { FaultDriver, isDeath, type Strike, type Victims } from '../faults.js';
import { Counters, metricsOf } from '../metrics.js';
import { type Moments, momentsOf, momentsUntil } from '../moments.js';
import { Passage } from '../passage.js';
import { EventQueue } from '../queue.js';
import { noQuirks, type Quirks } from '../quirks.js';
import { Recorder } from '../recorder.js';
import { RequestStreams } from '../requests.js';
import { Roles } from '../roles.js';
import type { SimulationOptions, SimulationResult } from '../simulate.js';
import { Attacker } from './attacker.js';
import { Element } from './element.js';
import { Network, type Node } from './network.js';
import { Registrar } from './registrar.js';
import { User } from './user.js';

/** What all parts of the model share. */
export interface Deployed {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly registrar: Registrar;
  readonly elements: ReadonlyMap<string, Element>;
  readonly counters: Counters;
  readonly recorder: Recorder | null;
  readonly quirks: Quirks;
}

/** Runs a plan in the deployment's model, from the start of the elements to the end of the drain. */
export function runDeployment(plan: Plan, options: SimulationOptions): SimulationResult {
  const { record = false, journal, watch, quirks = noQuirks } = options;
  const moments = momentsOf(plan);
  const queue = new EventQueue(0);
  const random = randomFrom(plan.seed);
  const network = new Network(plan, queue, random.fork('network'));
  const counters = new Counters(moments.measureAt, moments.endAt);
  const users = hostsWith(plan, 'poolUser');
  const names = users.map(({ name }) => name);
  const recorder = record ? new Recorder(names) : null;
  const registrar = new Registrar(plan, network, counters, random);
  const elements = new Map<string, Element>();
  const deployed: Deployed = { queue, network, registrar, elements, counters, recorder, quirks };
  const faults = new FaultDriver(
    plan,
    random,
    queue,
    victimsOf(plan, deployed),
    { from: moments.measureAt, to: moments.drainAt },
    { keep: record, journal },
  );
  for (const [host, { name, role }] of plan.hosts.entries()) {
    const ready = () => faults.ready(host);
    if (role.kind !== 'poolElement') {
      ready();
      continue;
    }
    const element = new Element(deployed, network.nodes.get(name)!, role, ready);
    elements.set(name, element);
    element.start();
  }
  const window = { from: moments.measureAt, until: moments.drainAt };
  for (const { name, role, group, index } of hostsWith(plan, 'attacker')) {
    const attacked = hostsWith(plan, 'poolElement').find((host) => host.role.pool === role.pool);
    const inGroup = plan.hosts.filter((host) => host.group === group).length;
    const after = firstStrike(index, inGroup, role.rate);
    if (attacked) new Attacker(deployed, network.nodes.get(name)!, role, attacked.role.policy, { ...window, after });
  }
  const requests = new RequestStreams(moments.warmUpAt, names, new Roles(users), random);
  for (const [number, { name, role }] of users.entries()) {
    new User(deployed, number, network.nodes.get(name)!, role, requests, random.fork('retries', number));
  }
  const passage = new Passage(queue, () => {}, watch);
  const metrics = measure(deployed, requests, moments, passage);
  return {
    metrics,
    moments: momentsUntil(moments, queue.now),
    requests: recorder?.requests ?? [],
    failovers: recorder?.failovers ?? [],
    faults: faults.strikes,
    ended: passage.ended,
  };
}

function measure(
  { queue, elements, counters, recorder }: Deployed,
  requests: RequestStreams,
  moments: Moments,
  passage: Passage,
) {
  const all = [...elements.values()];
  const work = () => {
    for (const { jobs } of all) jobs.advance(queue.now);
    return all.map((element) => ({ performed: element.jobs.performed, up: element.upSeconds() }));
  };
  passage.to(moments.measureAt);
  counters.reset();
  const before = work();
  passage.to(moments.endAt);
  const end = queue.now;
  const after = work();
  let endQueueLength = 0;
  for (let user = 0; user < requests.users; user++) {
    for (; requests.time(user) <= end; requests.advance(user)) {
      endQueueLength++;
      if (counters.covers(requests.time(user))) counters.requestsQueued++;
      if (recorder && passage.permits()) recorder.waiting(user, requests.next(user));
    }
  }
  recorder?.close(end);
  return metricsOf(
    counters,
    {
      capacities: all.map(({ role }) => role.capacity),
      calculations: after.map(({ performed }, index) => performed - before[index]!.performed),
      upSeconds: after.map(({ up }, index) => up - before[index]!.up),
    },
    { endQueueLength, events: queue.events },
  );
}

/** Faults happen to nodes: to their legs, or to the process that runs on them. */
function victimsOf({ hosts }: Plan, { queue, network, elements, quirks }: Deployed): Victims {
  const nameOf = (host: number) => hosts[host]!.name;
  const nodeOf = (host: number) => network.nodes.get(nameOf(host))!;
  return {
    isUp: (host) => nodeOf(host).process?.alive === true,
    isBusy: (host) => elements.get(nameOf(host))?.isBusy === true,
    inject: (strike, host) => {
      const node = nodeOf(host);
      node.strike = strike;
      if (isDeath(strike.kind) && node.process) node.process.endedBy = strike;
      inject(strike, node, elements.get(strike.host));
      return queue.now + (isDeath(strike.kind) ? quirks.returnSeconds : 0);
    },
    heal: (strike, host) => {
      const node = nodeOf(host);
      heal(strike, node, elements.get(strike.host));
      // What connects a host again has to be noticed before its paths are trusted.
      for (const path of pathsOf(strike, node)) node.connectedAt.set(path, queue.now);
    },
  };
}

const pathsOf = ({ network }: Strike, node: Node): readonly string[] => (network === null ? node.networks : [network]);

function inject(strike: Strike, node: Node, element: Element | undefined): void {
  switch (strike.kind) {
    case 'shutdown':
      element!.shutDown();
      break;
    case 'kill':
      element!.kill();
      break;
    case 'powerOff':
      node.silences++;
      element!.vanish();
      break;
    case 'freeze':
      element!.freeze();
      break;
    case 'isolate':
      node.silences++;
      break;
    case 'cutPath':
      for (const path of pathsOf(strike, node)) node.cuts.set(path, (node.cuts.get(path) ?? 0) + 1);
      break;
    case 'impair':
      node.impairments.add(strike);
  }
}

function heal(strike: Strike, node: Node, element: Element | undefined): void {
  switch (strike.kind) {
    case 'powerOff':
      node.silences--;
      restart(strike, node, element!);
      break;
    case 'shutdown':
    case 'kill':
      restart(strike, node, element!);
      break;
    case 'freeze':
      element!.thaw();
      break;
    case 'isolate':
      node.silences--;
      break;
    case 'cutPath':
      for (const path of pathsOf(strike, node)) node.cuts.set(path, node.cuts.get(path)! - 1);
      break;
    case 'impair':
      node.impairments.delete(strike);
  }
}

function restart({ reappear }: Strike, node: Node, element: Element): void {
  if (reappear === 'new-address') node.address++;
  element.start();
}
