import { describe, expect, test } from 'vitest';
import paperBase from '../../experiments/paper-base.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { constant, type Distribution, exponential, ms, s } from '../../harness/index.js';
import * as formulas from '../../harness/sim/formulas.js';
import { type SimulationResult, simulate } from '../../harness/sim/simulate.js';
import { singleLan } from '../../topologies/single-lan.js';
import { planWith } from './plans.js';
import { estimate } from './reference.js';

/**
 * One element and so many users that their requests are a Poisson stream: each user is busy for a few thousandths of
 * the time, so requests hardly ever queue at their users. Requests take a second on average, by whomever of the users:
 * the sizes are dealt out to them in turn.
 */
function poissonRun(sizes: readonly Distribution[], utilisation: number, seed: number) {
  const users = 1000;
  const plan = planWith({
    seed,
    model: 'rspsim',
    topology: singleLan({ elements: 1, users, delay: ms(0) }),
    element: { maxRequests: users, capacity: 1e6 },
    user: { requestInterval: exponential((users * 1) / utilisation) },
    phases: { warmUp: s(500), measure: s(5000) },
  });
  let user = 0;
  const hosts = plan.hosts.map((host) =>
    host.role.kind === 'poolUser'
      ? { ...host, role: { ...host.role, requestSize: sizes[user++ % sizes.length]! } }
      : host,
  );
  return simulate({ ...plan, hosts }).metrics;
}

/** One request in five is eleven times as long as the others: the coefficient of variation is 4/3. */
const twoSizes = [1, 1, 1, 1, 11].map((share) => constant((share * 1e6) / 3));

describe('an element without failures is a queue with processor sharing', () => {
  test.each([
    ['M/M/1-PS', [exponential(1e6)], 0.6],
    ['M/M/1-PS', [exponential(1e6)], 0.3],
    // Processor sharing is insensitive to the distribution of the work: only its mean counts.
    ['M/D/1-PS', [constant(1e6)], 0.6],
    ['M/G/1-PS', twoSizes, 0.6],
    ['M/G/1-PS', twoSizes, 0.3],
  ])('%s: %j at utilisation %d takes work / (1 − utilisation)', (_, sizes, utilisation) => {
    const runs = Array.from({ length: 20 }, (_, index) => poissonRun(sizes, utilisation, index + 1));
    const time = estimate(runs.map(({ processingTime }) => processingTime!));
    const expected = 1 / (1 - utilisation);
    // The half width is 2.09 standard errors at 19 degrees of freedom; a correct model stays within twice that in
    // 99.95 % of all cases, and the seeds are fixed.
    expect(Math.abs(time.mean - expected)).toBeLessThan(2 * time.halfWidth);
    expect(time.halfWidth).toBeLessThan(0.06 * expected);
    const load = estimate(runs.map(({ utilisationPercent }) => utilisationPercent / 100));
    expect(Math.abs(load.mean - utilisation)).toBeLessThan(2 * load.halfWidth);
  });
});

const base = (seed: number, cookieMeasure = 3600) =>
  simulate(
    resolvePlan(paperBase, {
      seed,
      point: { policy: 'RoundRobin' },
      phases: { settle: 300, warmUp: 300, measure: cookieMeasure },
    }),
    { record: true },
  );

describe('Little’s law', () => {
  test.each([1, 2, 3])(
    'holds in run %d: requests present = rate × time in the system, but for those at the edges',
    (seed) => {
      const { requests, moments, metrics } = base(seed);
      const { measureAt, endAt } = moments;
      const length = endAt - measureAt;
      const overlap = (from: number, to: number) => Math.max(0, Math.min(to, endAt) - Math.max(from, measureAt));
      const present = requests.reduce((sum, row) => sum + overlap(row.queuedAt!, row.completedAt ?? endAt), 0) / length;
      const rateTimesStay = (metrics.requestsCompleted * metrics.handlingTime!) / length;
      // A request that straddles an edge of the window counts on one side in full or not at all, on the other in part.
      const straddles = ({ queuedAt, completedAt }: (typeof requests)[number]) =>
        (queuedAt! <= measureAt && (completedAt ?? endAt) > measureAt) || (completedAt === null && queuedAt! <= endAt);
      const edges = requests
        .filter(straddles)
        .reduce((sum, row) => sum + ((row.completedAt ?? endAt) - row.queuedAt!), 0);
      expect(Math.abs(present - rateTimesStay)).toBeLessThanOrEqual(edges / length + 1e-9);
      expect(edges / length).toBeLessThan(0.2 * present);
    },
  );
});

describe('the paper’s cookies', () => {
  const runs: SimulationResult[] = [1, 2, 3].map((seed) => base(seed));
  const interval = 1e6;
  const size = 1e7;

  test('work lost per failover is half a cookie interval, or a little less: requests end within intervals', () => {
    const lost = runs.flatMap(({ failovers }) => failovers.flatMap(({ repeatedCalculations: it }) => it ?? []));
    // Sizes are exponential, so the progress since the last cookie has a density falling as exp(−x / size) over the
    // interval; its mean is size − interval / (exp(interval / size) − 1) = 0.4917 intervals.
    const expected = size - interval / Math.expm1(interval / size);
    // Close to a uniform distribution, whose standard deviation is interval / √12; four standard errors.
    const tolerance = (4 * interval) / Math.sqrt(12 * lost.length);
    const mean = lost.reduce((sum, value) => sum + value, 0) / lost.length;
    expect(lost.length).toBeGreaterThan(500);
    expect(Math.abs(mean - expected)).toBeLessThan(tolerance);
    expect(expected).toBeLessThan(formulas.averageLoss(interval));
    expect(expected).toBeGreaterThan(0.98 * formulas.averageLoss(interval));
  });

  test('work done = work completed + work lost, but for what is under way at the edges', () => {
    for (const { metrics, failovers, moments } of runs) {
      const within = failovers.filter(({ faultAt }) => faultAt! > moments.measureAt);
      const lost = within.reduce((sum, { repeatedCalculations: it }) => sum + (it ?? 0), 0);
      // Up to 100 users have a request under way at each edge, each with less than an interval that is not credited
      // yet, and one delay of work by ten elements is done but not known to the users.
      const edges = 2 * 100 * interval + 10 * 0.01 * 1e6;
      expect(Math.abs(metrics.usedCapacity - metrics.jobSizeCompleted - lost)).toBeLessThan(edges);
    }
  });

  test('a request has a cookie for every interval that it outlasts, failures or not: Equation (1), Figure 14', () => {
    const counted = estimate(runs.map(({ metrics }) => metrics.cookies / metrics.requestsCompleted));
    // Progress is resumed from a cookie, so cookies stay on a grid: size > k × interval counts once for each k ≥ 1.
    const expected = 1 / Math.expm1(interval / size);
    // Sizes have a coefficient of variation of 1, so the mean of n requests is off by less than 4 / √n.
    const requests = runs.reduce((sum, { metrics }) => sum + metrics.requestsCompleted, 0);
    expect(Math.abs(counted.mean / expected - 1)).toBeLessThan(4 / Math.sqrt(requests));
    // The paper estimates one per interval: 10. It is what Equation (1) gives for the goodput of this interval.
    const [mtbf, capacity] = [100, 1e6];
    const goodput = formulas.goodput({ mtbf, capacity, cookieInterval: interval });
    expect(formulas.cookieIntervalFor({ mtbf, capacity, goodput })).toBeCloseTo(interval, 3);
    expect(formulas.cookiesPerRequest({ mtbf: mtbf / 10, goodput })).toBeCloseTo(10, 6);
    expect(counted.mean).toBeLessThan(10);
  });
});

describe('the paper’s formulas', () => {
  test('give the paper’s numbers', () => {
    expect(formulas.handlingSpeed(1e7, 12.5)).toBe(8e5);
    const load = { ratio: 10, requestSize: 1e7, requestInterval: 500 / 3, capacity: 1e6 };
    expect(formulas.systemUtilisation(load)).toBeCloseTo(0.6, 12);
    // Section 5.2.2: a goodput of 98 % at an MTBF of 10 request times takes few cookies.
    expect(formulas.cookiesPerRequest({ mtbf: 10, goodput: 0.98 })).toBeCloseTo(2.5, 9);
  });
});
