/**
 * One run on a lab, from the first namespace to the last log: open, deploy, settle, warm up, measure while faults
 * strike, drain, collect. Leaves the journal, logs and capture in the run folder; numbers are made of them later.
 */
import type { Clock } from '../base/clock.js';
import { codeOf, labBroken, messageOf } from '../base/errors.js';
import { randomFrom } from '../base/random.js';
import { Scope } from '../base/scope.js';
import type { Plan } from '../experiment/plan.js';
import { Injector } from '../fault/injector.js';
import type { Lab, OpenLab } from '../lab/lab.js';
import { deployAttackers } from '../pool/native/attackers.js';
import type { DeployedPool, GivenPrograms, PoolContext, PoolDriver } from '../pool/pool.js';
import type { JournalEvent, PhaseName } from '../result/journal.js';
import { Journal } from './journal.js';
import { watchLateness } from './lateness.js';
import { watchProcessor } from './processor.js';
import { countSessions } from './sessions.js';

export interface PerformOptions {
  readonly plan: Plan;
  readonly lab: Lab;
  readonly driver: PoolDriver;
  readonly programs?: GivenPrograms | null;
  /** See {@link PoolContext}. */
  readonly workspace?: string | undefined;
  readonly folder: string;
  readonly session: string;
  readonly clock: Clock;
  /** Whether the clock is a count of instructions: nothing can be late then, but the processor can be busy. */
  readonly virtualTime?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: JournalEvent) => void;
}

/**
 * Never throws for what a lab or a component does: that is journalled as `broken`, and the run is unknown.
 * @returns whether the run came to its end
 */
export async function perform(options: PerformOptions): Promise<boolean> {
  const { lab, folder, clock } = options;
  const begin = clock.now();
  const journal = new Journal(folder, clock, begin, options.onEvent);
  const scope = new Scope();
  const broken = new AbortController();
  const breakOff = (reason: string) => {
    if (broken.signal.aborted) return;
    journal.record({ event: 'broken', reason });
    broken.abort(labBroken(reason));
  };
  const signal = AbortSignal.any([options.signal, broken.signal]);
  try {
    journal.record({ event: 'phase', phase: 'open' });
    const { session, virtualTime, programs } = options;
    const context = { session, folder, programs: programs?.folder, clock, virtualTime, signal };
    const open = await lab.open(options.plan, context);
    scope.defer(`lab ${lab.name}`, () => open.close());
    journal.record({ event: 'begin', epoch: begin, lab: lab.name, kernel: open.kernel });
    for (const text of open.notes) journal.record({ event: 'note', text });
    const remark = async () => {
      for (const text of (await open.remarks?.()) ?? []) journal.record({ event: 'note', text });
    };
    try {
      await runPhases({ ...options, signal }, open, journal, scope, { breakOff, remark });
    } catch (error) {
      breakOff(describe(error));
      // What did not come up may have had no way to.
      await remark();
    }
  } catch (error) {
    breakOff(describe(error));
  }
  await scope.close().catch((error) => breakOff(messageOf(error)));
  journal.record({ event: 'phase', phase: 'end' });
  return !broken.signal.aborted;
}

// A programmer's error deserves its stack; what was thrown on purpose says all in its message.
const describe = (error: unknown): string =>
  codeOf(error) || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);

async function runPhases(
  { plan, driver, programs, workspace, folder, clock, virtualTime, signal }: PerformOptions,
  lab: OpenLab,
  journal: Journal,
  scope: Scope,
  { breakOff, remark }: { readonly breakOff: (reason: string) => void; readonly remark: () => Promise<void> },
): Promise<void> {
  const enter = (phase: PhaseName) => journal.record({ event: 'phase', phase });
  const { settle, warmUp, measure, drain } = plan.phases;
  const record: PoolContext['record'] = (event) => journal.record(event);
  const given = { programs: programs ?? null, workspace };
  const context: PoolContext = { folder, clock, signal, ...given, record, broken: breakOff };
  const pool = driver.deploy(plan, lab, context);
  scope.defer('components', () => pool.stop());
  const attackers = deployAttackers(plan, lab, context);
  scope.defer('attackers', () => attackers.stop());
  const injector = injectorFor(plan, pool, lab, journal, clock, signal);
  scope.defer('faults', () => injector.finish());
  injector.failed.catch((error) => breakOff(describe(error)));

  enter('deploy');
  await pool.startRegistrars();
  await pool.startElements();
  injector.startUpTimes();
  enter('settle');
  await clock.sleepUntil(clock.now() + settle, signal);
  await pool.startUsers();
  await attackers.start();
  // In virtual time looking costs more than all that happens between two looks.
  const stopCounting = virtualTime || lab.isDearToAsk ? () => {} : countSessions(pool, journal, clock, signal);
  enter('warmUp');
  await clock.sleepUntil(clock.now() + warmUp, signal);
  enter('measure');
  const overload = virtualTime ? watchProcessor(journal) : watchLateness(clock, signal);
  const end = clock.now() + measure;
  await injector.measure(measure);
  await clock.sleepUntil(end, signal);
  injector.noMore();
  enter('drain');
  await clock.sleepUntil(clock.now() + drain, signal);
  enter('collect');
  stopCounting();
  await remark();
  for (const trouble of [...overload.troubles(), ...(await lab.troubles())]) breakOff(trouble);
  await injector.finish();
  await attackers.stop();
  await pool.stop();
  await collectCapture(lab, journal, breakOff);
}

async function collectCapture(lab: OpenLab, journal: Journal, breakOff: (reason: string) => void): Promise<void> {
  const { captured, dropped } = await lab.stopCapture();
  journal.record({ event: 'note', text: `captured ${captured} packets, missed ${dropped}` });
  if (dropped > 0) breakOff(`the capture missed ${dropped} of ${captured + dropped} packets`);
}

function injectorFor(
  plan: Plan,
  pool: DeployedPool,
  lab: OpenLab,
  journal: Journal,
  clock: Clock,
  signal: AbortSignal,
): Injector {
  const addressesOf = (host: string) => [...lab.hosts.get(host)!.addresses];
  const roles = new Map(plan.hosts.map(({ name, role }) => [name, role]));
  return new Injector({
    faults: plan.faults,
    hosts: plan.hosts,
    cleanShutdownProbability: (host) => {
      const role = roles.get(host);
      return role?.kind === 'poolElement' ? role.cleanShutdownProbability : 0;
    },
    handler: pool,
    clock,
    random: randomFrom(plan.seed, 'faults'),
    signal,
    onStrike: ({ id, kind, host, fault, intendedAt }, { injectedAt, evidence }) => {
      const times = { intendedAt: journal.at(intendedAt), injectedAt: journal.at(injectedAt) };
      const addresses = addressesOf(host);
      journal.record({ event: 'faultInjected', id, kind, host, network: fault.network, ...times, evidence, addresses });
    },
    onHeal: ({ id, host }, healedAt) =>
      journal.record({ event: 'faultHealed', id, host, healedAt: journal.at(healedAt), addresses: addressesOf(host) }),
    onSkip: ({ kind }, intendedAt, reason) =>
      journal.record({ event: 'faultSkipped', kind, intendedAt: journal.at(intendedAt), reason }),
  });
}
