/**
 * The model of a real deployment: every message is sent through associations over the topology's networks, with what
 * netem and the faults do to them. It predicts what the protocols should give; what an implementation adds to that is
 * for the laboratory to find.
 */
import { type Random, randomFrom } from '../../base/random.js';
import { firstStrike } from '../../experiment/attacker.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { WebRequestRow } from '../../result/web.js';
import { FaultDriver, isDeath, type Victims } from '../faults.js';
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
import { Network } from './network.js';
import type { Component } from './process.js';
import { Registrar } from './registrar.js';
import { RegistrarRecord } from './registrar-record.js';
import { heal, inject } from './strikes.js';
import { User } from './user.js';
import { WebElement } from './web-element.js';
import { WebUser } from './web-user.js';

/** What all parts of the model share. */
export interface Deployed {
  readonly plan: Plan;
  readonly queue: EventQueue;
  readonly random: Random;
  readonly network: Network;
  readonly registrars: readonly Registrar[];
  readonly elements: ReadonlyMap<string, Element>;
  /** Of each host, what faults may be done to. */
  readonly components: ReadonlyMap<string, Component>;
  readonly counters: Counters;
  readonly recorder: Recorder | null;
  readonly record: RegistrarRecord | null;
  /** Requests of web users; null unless they are kept. */
  readonly web: WebRequestRow[] | null;
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
  const [users, webUsers] = usersOf(plan);
  const names = users.map(({ name }) => name);
  const recorder = record ? new Recorder(names) : null;
  const registrars: Registrar[] = [];
  const elements = new Map<string, Element>();
  const components = new Map<string, Component>();
  const parts = { plan, queue, random, network, registrars, elements, components, counters, recorder, quirks };
  const deployed: Deployed = { ...parts, record: record ? new RegistrarRecord() : null, web: record ? [] : null };
  const faults = deploy(deployed, { registrars, elements, components }, moments, { keep: record, journal });
  const requests = new RequestStreams(moments.warmUpAt, names, new Roles(users), random);
  for (const [number, { name, role }] of users.entries()) {
    const node = network.nodes.get(name)!;
    const ready = () => faults.ready(node.number);
    const user = new User(deployed, number, node, role, requests, random.fork('retries', number), ready);
    components.set(name, user);
  }
  const clients = webUsers.map(({ name, role }) => {
    const node = network.nodes.get(name)!;
    return new WebUser(deployed, node, role, moments.warmUpAt, () => faults.ready(node.number));
  });
  for (const client of clients) components.set(client.node.name, client);
  const passage = new Passage(queue, () => {}, watch);
  const metrics = measure(deployed, requests, moments, passage);
  for (const client of clients) client.close();
  return {
    metrics,
    moments: momentsUntil(moments, queue.now),
    requests: recorder?.requests ?? [],
    failovers: recorder?.failovers ?? [],
    web: webUsers.length === 0 ? null : inOrder(deployed.web ?? []),
    faults: faults.strikes,
    registrars: deployed.record?.rows(faults.strikes, namesOf(registrars), queue.now) ?? null,
    deadSelectable: deployed.record?.selection.rows(faults.strikes) ?? null,
    ended: passage.ended,
  };
}

/** Those whose requests are calculations, and those whose requests are HTTP's. */
function usersOf(plan: Plan) {
  const users = hostsWith(plan, 'poolUser');
  const isWeb = ({ role }: (typeof users)[number]) => role.implementation === 'proxy';
  return [users.filter((user) => !isWeb(user)), users.filter(isWeb)] as const;
}

const inOrder = (rows: readonly WebRequestRow[]): WebRequestRow[] =>
  rows.toSorted((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : a.intendedAt - b.intendedAt));

const namesOf = (registrars: readonly Registrar[]) => registrars.map(({ node }) => node.name);

/** Lets all but the users begin: registrars know each other before the first element comes. */
function deploy(
  deployed: Deployed,
  into: { registrars: Registrar[]; elements: Map<string, Element>; components: Map<string, Component> },
  { measureAt, drainAt }: Moments,
  options: ConstructorParameters<typeof FaultDriver>[5],
): FaultDriver {
  const { plan, random, queue, network } = deployed;
  for (const { name, role } of hostsWith(plan, 'registrar')) {
    const node = network.nodes.get(name)!;
    const ready = () => faults.ready(node.number);
    const registrar = new Registrar(deployed, node, role, into.registrars.length, ready);
    into.registrars.push(registrar);
    into.components.set(name, registrar);
  }
  const window = { from: measureAt, to: drainAt };
  const faults = new FaultDriver(plan, random, queue, victimsOf(plan, deployed), window, options);
  for (const registrar of into.registrars) registrar.meet();
  for (const [host, { name, role }] of plan.hosts.entries()) {
    const ready = () => faults.ready(host);
    if (role.kind === 'poolElement') {
      const Kind = role.server === undefined ? Element : WebElement;
      const element = new Kind(deployed, network.nodes.get(name)!, role, ready);
      into.elements.set(name, element);
      into.components.set(name, element);
      element.start();
    } else if (role.kind !== 'registrar') ready();
  }
  for (const host of hostsWith(plan, 'attacker')) {
    const { name, role } = host;
    const attacked = hostsWith(plan, 'poolElement').find((element) => element.role.pool === role.pool);
    const span = { from: measureAt, until: drainAt, after: firstStrike(plan.hosts, host) };
    if (attacked) new Attacker(deployed, network.nodes.get(name)!, role, attacked.role.policy, span);
  }
  return faults;
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
      if (recorder && passage.permits()) recorder.neverServed(user, requests.next(user), 'open');
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
function victimsOf({ hosts }: Plan, { queue, network, components, quirks }: Deployed): Victims {
  const nameOf = (host: number) => hosts[host]!.name;
  const nodeOf = (host: number) => network.nodes.get(nameOf(host))!;
  const struck = (host: number) => ({ queue, node: nodeOf(host), component: components.get(nameOf(host))! });
  return {
    isUp: (host) => nodeOf(host).process?.alive === true,
    isBusy: (host) => components.get(nameOf(host))?.isBusy === true,
    inject: (strike, host) => {
      const node = nodeOf(host);
      node.strike = strike;
      if (isDeath(strike.kind) && node.process) node.process.endedBy = strike;
      const leaving = inject(strike, struck(host));
      return queue.now + leaving + (isDeath(strike.kind) ? quirks.returnSeconds : 0);
    },
    heal: (strike, host) => heal(strike, struck(host)),
  };
}
