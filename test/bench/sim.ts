/**
 * How fast the simulator is: the base scenario of the paper (`experiments/paper-base.ts`) for each policy, and how time
 * and memory grow with ten and a hundred times as many hosts. The last line is JSON, for scripts. Times are medians of
 * warm runs in this process, so one core's; other load on the machine makes them worse.
 */
import paperBase from '../../experiments/paper-base.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { simulate } from '../../harness/sim/simulate.js';

const policies = ['LeastUsed', 'RoundRobin', 'Random'] as const;
const growthScales = [
  { scale: 1, runs: 60 },
  { scale: 10, runs: 9 },
  { scale: 100, runs: 3 },
];

interface Timing {
  readonly ms: number;
  readonly events: number;
}

function time(policy: string, scale: number, runs: number): Timing {
  const samples: number[] = [];
  let events = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const plan = resolvePlan(paperBase, { seed, point: { policy, scale } });
    const before = performance.now();
    events += simulate(plan).metrics.events;
    samples.push(performance.now() - before);
  }
  samples.sort((a, b) => a - b);
  return { ms: samples[Math.floor(samples.length / 2)]!, events: events / runs };
}

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));
const rssMiB = () => Math.round(process.resourceUsage().maxRSS / 1024);

for (const policy of policies) time(policy, 1, 30);
console.log('Base scenario: 1 registrar, 10 elements, 100 users, 10 min of start-up and 60 min measured, MTBF 100 s');
const base = policies.map((policy) => ({ policy, ...time(policy, 1, 60) }));
for (const { policy, ms, events } of base) {
  const rate = Math.round((1e3 * events) / ms);
  console.log(`  ${policy.padEnd(10)} ${ms.toFixed(2)} ms a run, ${Math.round(events)} events, ${rate} events/s`);
}
console.log(
  'Events are those that our queue handles: a request has five or more (generation or dequeuing, arrival at the',
);
console.log(
  'registrar, at the element, its completion there and at the user), a load update two. Cookies, keep-alives and',
);
console.log('accepts are computed, so RSPSIM handles 50 to 100 times as many events for the same scenario.');

console.log('Growth, Least Used:');
const growth = growthScales.map(({ scale, runs }) => {
  const { ms } = time('LeastUsed', scale, runs);
  return { scale, ms: rounded(ms), rssMiB: rssMiB() };
});
for (const { scale, ms, rssMiB: rss } of growth) {
  const ratio = ms / growth[0]!.ms;
  console.log(`  ${10 * scale}/${100 * scale}: ${ms} ms, ${ratio.toFixed(1)} times the base run, peak ${rss} MiB`);
}
const total = base.reduce((sum, { ms, events }) => ({ ms: sum.ms + ms, events: sum.events + events }), {
  ms: 0,
  events: 0,
});
const msPerRun = rounded(total.ms / base.length);
console.log(JSON.stringify({ msPerRun, eventsPerSecond: Math.round((1e3 * total.events) / total.ms), growth }));
