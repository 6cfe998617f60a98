import type { Plan } from '../../experiment/plan.js';
import type { FaultJournal } from '../faults.js';
import { metricsOf } from '../metrics.js';
import { momentsOf } from '../moments.js';
import type { SimulationResult } from '../simulate.js';
import { buildWorld } from './world.js';

/** Runs a plan in RSPSIM's model, from the registration of the elements to the end of the drain. */
export function runRspsim(plan: Plan, record: boolean, journal: FaultJournal | undefined): SimulationResult {
  const world = buildWorld(plan, record, journal);
  const { queue, users, sessions, elements, counters, recorder, faults, delay } = world;
  const moments = momentsOf(plan);
  const firstPair = users.count;
  const firstArrival = firstPair + 2 * elements.count;
  const firstUser = firstArrival + elements.count;
  const handle = (slot: number) => {
    if (slot < firstPair) sessions.handle(slot);
    else if (slot < firstArrival) elements.handle(slot);
    else if (slot < firstUser) elements.registrations.arrives(slot);
    else users.generate(slot - firstUser);
  };
  const noteCreditsAt = (edge: number, when: 'before' | 'end') => {
    // What has been sent one delay before the edge has been received, and is credited, at the edge.
    queue.run(Math.max(queue.now, edge - delay), handle);
    elements.settle();
    sessions.noteCredits(when);
    queue.run(edge, handle);
    elements.settle();
  };
  for (let element = 0; element < elements.count; element++) elements.start(element);
  noteCreditsAt(moments.measureAt, 'before');
  counters.reset();
  elements.beginWindow();
  noteCreditsAt(moments.endAt, 'end');
  sessions.close();
  const endQueueLength = users.close(moments.endAt);
  return {
    metrics: metricsOf(counters, elements.work(), { endQueueLength, events: queue.events }),
    moments,
    requests: recorder?.requests ?? [],
    failovers: recorder?.failovers ?? [],
    faults: faults.strikes,
  };
}
