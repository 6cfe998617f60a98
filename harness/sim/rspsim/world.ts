/**
 * The model of RSPSIM: a star of components with one delay between any two, datagrams instead of associations, and a
 * registrar that never fails. What a message does when it arrives is one event; what follows from it alone (an accept,
 * a cookie, a keep-alive that is answered) is computed, not simulated: its time is known when its cause happens.
 */
import { type Random, randomFrom } from '../../base/random.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import { FaultDriver, type Victims } from '../faults.js';
import { Counters } from '../metrics.js';
import { momentsOf } from '../moments.js';
import { EventQueue } from '../queue.js';
import { Recorder } from '../recorder.js';
import { ProcessorSharing } from '../sharing.js';
import type { SimulationOptions } from '../simulate.js';
import { Elements } from './elements.js';
import { Registrar } from './registrar.js';
import { Sessions } from './sessions.js';
import { Users } from './users.js';

/** What all parts of the model share. */
export interface World {
  readonly plan: Plan;
  readonly random: Random;
  /** One-way delay between any two components, seconds. */
  readonly delay: number;
  readonly queue: EventQueue;
  readonly sharing: ProcessorSharing;
  readonly counters: Counters;
  readonly recorder: Recorder | null;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly elements: Elements;
  readonly registrar: Registrar;
  readonly faults: FaultDriver;
}

/**
 * Builds a plan's world. Event slots: one per session (no more than users), then a pair per element, its jobs and the
 * next sending of its registration, then one per element for the arrival of one, and one per user for its requests.
 */
export function buildWorld(plan: Plan, { record = false, journal }: SimulationOptions): World {
  const users = hostsWith(plan, 'poolUser');
  const elements = hostsWith(plan, 'poolElement');
  const moments = momentsOf(plan);
  const delay = Object.values(plan.topology.networks)[0]!.impairment.delay ?? 0;
  const world = {
    plan,
    random: randomFrom(plan.seed),
    delay,
    sharing: new ProcessorSharing(
      elements.map(({ role }) => role.capacity),
      users.length,
    ),
    counters: new Counters(moments.measureAt, moments.endAt),
    recorder: record ? new Recorder(users.map(({ name }) => name)) : null,
  } as { -readonly [Name in keyof World]: World[Name] };
  world.users = new Users(world, users.length + 3 * elements.length);
  world.queue = new EventQueue(2 * users.length + 3 * elements.length, delay, world.users.arrivals);
  world.registrar = new Registrar(world);
  world.elements = new Elements(world, users.length);
  world.sessions = new Sessions(world, world.users.roles);
  const victims: Victims = {
    isUp: (host) => world.elements.isUpHost(host),
    isBusy: (host) => world.elements.isBusyHost(host),
    inject: (strike, host) => world.elements.inject(strike, host),
    heal: (_, host) => world.elements.heal(host),
  };
  world.faults = new FaultDriver(
    plan,
    world.random,
    world.queue,
    victims,
    { from: moments.measureAt, to: moments.drainAt },
    { keep: record, journal },
  );
  return world;
}
