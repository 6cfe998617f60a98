/**
 * How fast the simulator is: the base scenario of the paper (`experiments/paper-base.ts`) for each policy, and how time
 * and memory grow with ten and a hundred times as many hosts. The last line is JSON, for scripts. Times are medians of
 * warm runs and CPU time, garbage collection included: what other processes take is not ours, though they still leave
 * us less of the caches. The sizes take turns, so that a change of the machine's speed hits them alike.
 */
import { median } from 'simple-statistics';
import chaos from '../../experiments/chaos.js';
import paperBase from '../../experiments/paper-base.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { simulate } from '../../harness/sim/simulate.js';

const policies = ['LeastUsed', 'RoundRobin', 'Random'] as const;
const growthScales = [
  { scale: 1, runs: 30 },
  { scale: 10, runs: 5 },
  { scale: 100, runs: 1 },
];
const rounds = 5;

interface Timing {
  readonly ms: number;
  readonly events: number;
}

function time(policy: string, scale: number, runs: number): Timing {
  const samples: number[] = [];
  let events = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const plan = resolvePlan(paperBase, { seed, point: { policy, scale } });
    const before = process.cpuUsage();
    events += simulate(plan).metrics.events;
    const { user, system } = process.cpuUsage(before);
    samples.push((user + system) / 1e3);
  }
  return { ms: median(samples), events: events / runs };
}

/** Milliseconds of a chaos experiment of a minute: 2 registrars, 4 elements, 4 users, everything fails at random. */
function timeOfChaos(runs: number): number {
  const plans = Array.from({ length: runs }, (_, seed) => resolvePlan(chaos, { seed: seed + 1 }));
  const samples = plans.map((plan) => {
    const before = process.cpuUsage();
    simulate(plan);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e3;
  });
  return median(samples);
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
console.log('Events are those that our queue handles: a request has five or more (generation, arrival at the');
console.log(
  'registrar, at the element, its completion there and at the user), a load update two. Cookies, keep-alives and',
);
console.log('accepts are computed, so RSPSIM handles 50 to 100 times as many events for the same scenario.');

console.log('Growth, Least Used:');
const samples = growthScales.map(({ scale }) => ({ scale, ms: [] as number[], rssMiB: 0 }));
for (let round = 1; round <= rounds; round++) {
  for (const [at, { scale, runs }] of growthScales.entries()) {
    samples[at]!.ms.push(time('LeastUsed', scale, runs).ms);
    // It never falls: what a size took is only seen before a larger one ran.
    if (round === 1) samples[at]!.rssMiB = rssMiB();
  }
}
const growth = samples.map(({ scale, ms, rssMiB: rss }) => ({ scale, ms: rounded(median(ms)), rssMiB: rss }));
for (const { scale, ms, rssMiB: rss } of growth) {
  const ratio = ms / growth[0]!.ms;
  console.log(`  ${10 * scale}/${100 * scale}: ${ms} ms, ${ratio.toFixed(1)} times the base run, peak ${rss} MiB`);
}
timeOfChaos(60);
const msOfChaos = rounded(timeOfChaos(60));
console.log(`Chaos: ${msOfChaos} ms a run of a minute, 2 registrars, 4 elements, 4 users`);
const total = base.reduce((sum, { ms, events }) => ({ ms: sum.ms + ms, events: sum.events + events }), {
  ms: 0,
  events: 0,
});
const msPerRun = rounded(total.ms / base.length);
console.log(
  JSON.stringify({ msPerRun, eventsPerSecond: Math.round((1e3 * total.events) / total.ms), growth, msOfChaos }),
);
