import type { Plan } from '../../experiment/plan.js';
import { metricsOf } from '../metrics.js';
import { momentsOf, momentsUntil } from '../moments.js';
import { eventsPerLook, Passage } from '../passage.js';
import type { SimulationOptions, SimulationResult } from '../simulate.js';
import { buildWorld } from './world.js';

/** Runs a plan in RSPSIM's model, from the registration of the elements to the end of the drain. */
export function runRspsim(plan: Plan, options: SimulationOptions): SimulationResult {
  const world = buildWorld(plan, options);
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
  const passage = new Passage(queue, handle, options.watch);
  const noteCreditsAt = (edge: number, when: 'before' | 'end') => {
    // What has been sent one delay before the edge has been received, and is credited, at the edge.
    passage.to(Math.max(queue.now, edge - delay));
    elements.settle();
    sessions.noteCredits(when);
    if (passage.ended === null) passage.to(edge);
    // Of a run that was ended, what was on its way then is let arrive, within reason.
    else queue.run(queue.now + delay, handle, eventsPerLook);
    elements.settle();
  };
  for (let element = 0; element < elements.count; element++) elements.start(element);
  noteCreditsAt(moments.measureAt, 'before');
  counters.reset();
  elements.beginWindow();
  noteCreditsAt(moments.endAt, 'end');
  sessions.close();
  const end = queue.now;
  const endQueueLength = users.close(end, passage);
  return {
    metrics: metricsOf(counters, elements.work(), { endQueueLength, events: queue.events }),
    moments: momentsUntil(moments, end),
    requests: recorder?.requests ?? [],
    failovers: recorder?.failovers ?? [],
    faults: faults.strikes,
    registrars: null,
    web: null,
    deadSelectable: null,
    ended: passage.ended,
  };
}
