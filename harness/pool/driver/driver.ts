/** The driver of every pool: each host has the implementation that its role asks for, in any mixture. */
import { readFile } from 'node:fs/promises';
import { labBroken } from '../../base/errors.js';
import { waitFor } from '../../base/wait.js';
import { hostsWith, type Plan, type PlannedHost } from '../../experiment/plan.js';
import type { Role } from '../../experiment/role.js';
import type { Strike } from '../../fault/injector.js';
import type { OpenLab } from '../../lab/lab.js';
import { isOfPool } from '../implementation.js';
import { implementationOf, implementations } from '../implementations.js';
import type { DeployedPool, PoolContext, PoolDriver } from '../pool.js';
import { checkPool } from './check.js';
import { Component } from './component.js';
import { heal, inject } from './faults.js';
import { LogStates } from './log-states.js';
import { LogTail, LogTails } from './log-tail.js';
import { usageOf } from './usage.js';

export const poolDriver: PoolDriver = {
  checkPlan: checkPool,
  deploy: (plan, lab, context) => new MixedPool(plan, lab, context),
};

const registrarStartSeconds = 30;
const registrationSeconds = 60;
/** Long enough for a component to take leave of its peers over a slow network. */
const farewellSeconds = 3;
/** A user prints what it uses before it does anything else, but a busy lab may take long to start it. */
const bannerSeconds = 20;
/** Longest until a killed process is reported as ended, also by an engine that has a lot to do. */
const reportSeconds = 10;

class MixedPool implements DeployedPool {
  readonly #components: Map<string, Component>;
  readonly #served = new LogStates();
  readonly #working = new LogStates();

  constructor(
    private readonly plan: Plan,
    lab: OpenLab,
    private readonly context: PoolContext,
  ) {
    this.#components = new Map(
      plan.hosts.filter(isOfPool).map((host) => [host.name, new Component(host, lab.hosts.get(host.name)!, context)]),
    );
  }

  async startRegistrars(): Promise<void> {
    await this.#startAll(this.#playing('registrar'));
  }

  async startElements(): Promise<void> {
    await this.#startAll(this.#playing('poolElement'));
  }

  async startUsers(): Promise<void> {
    await this.#startAll(this.#playing('poolUser'));
    this.#noteUsage('When attacks begin');
  }

  async inject(strike: Strike): Promise<{ injectedAt: number; evidence: string | null }> {
    const injectedAt = this.context.clock.now();
    const evidence = await inject(this.#components.get(strike.host)!, strike, this.context);
    return { injectedAt, evidence };
  }

  async heal(strike: Strike): Promise<void> {
    const component = this.#components.get(strike.host)!;
    const { clock, signal, record } = this.context;
    const farewell = () => clock.sleepUntil(clock.now() + closingSeconds(this.plan), signal);
    const effect = await heal(component, strike, farewell, () => this.#startAll([component]));
    if (effect) record({ event: 'note', text: `${strike.kind} on ${strike.host}, fault ${strike.id}: ${effect}` });
  }

  async busy(group: string): Promise<string[]> {
    const members = [...this.#components.values()].filter(({ planned }) => planned.group === group);
    const served = await filterAsync(this.#playing('poolUser'), ({ logFile, planned }) =>
      this.#served.after(logFile, implementationOf(planned).isServed),
    );
    const sessions = await this.#sessionsWith(served);
    const busy = await filterAsync(members, async ({ planned, name, logFile, statisticsFile }) =>
      planned.role.kind === 'registrar'
        ? implementationOf(planned).ownedElements(await readFile(statisticsFile, 'utf8').catch(() => '')) > 0
        : (await this.#working.after(logFile, implementationOf(planned).isWorking)) &&
          ((sessions[name] ?? 0) > 0 || implementationOf(planned).worksWithoutSessions === true),
    );
    return busy.map(({ name }) => name);
  }

  /** Associations with users: calcappclient has one for each request, from before it is sent until it is complete. */
  sessions(): Promise<Record<string, number>> {
    return this.#sessionsWith(this.#playing('poolUser'));
  }

  async #sessionsWith(some: readonly Component[]): Promise<Record<string, number>> {
    const users = new Set(some.flatMap(({ host }) => host.addresses));
    const counted = this.#playing('poolElement').map(async ({ name, host }) => {
      const established = (await host.associations()).filter((association) => association.established);
      const withUsers = established.filter(({ remoteAddresses }) => remoteAddresses.some((it) => users.has(it)));
      return [name, withUsers.length] as const;
    });
    return Object.fromEntries(await Promise.all(counted));
  }

  async stop(): Promise<void> {
    this.#noteUsage('In the end');
    // Users first: a user whose element leaves before it would count a failover that no fault caused.
    for (const kind of ['poolUser', 'poolElement', 'registrar'] as const) {
      await Promise.all(this.#playing(kind).map((component) => this.#dismiss(component)));
    }
  }

  /**
   * Asks it to leave, then ends it.
   * @throws HarnessError `lab-broken` when its end is never reported
   */
  async #dismiss(component: Component): Promise<void> {
    if (await this.#endsWithin(component, 'SIGINT', farewellSeconds)) return;
    const text = `${component.name} did not end within ${farewellSeconds} s of SIGINT, and is killed`;
    this.context.record({ event: 'note', text });
    if (await this.#endsWithin(component, 'SIGKILL', reportSeconds)) return;
    throw labBroken(`${component.name} was killed, and ${reportSeconds} s later nobody had seen it end`);
  }

  async #endsWithin(component: Component, signal: 'SIGINT' | 'SIGKILL', seconds: number): Promise<boolean> {
    const { clock } = this.context;
    const over = new AbortController();
    const late = clock.sleepUntil(clock.now() + seconds, over.signal).then(
      () => false,
      () => false,
    );
    return Promise.race([component.end(signal).then(() => true), late]).finally(() => over.abort());
  }

  /** What attackers are to show: components that grow, or work more than others. */
  #noteUsage(when: string): void {
    if (hostsWith(this.plan, 'attacker').length === 0) return;
    const used = [...this.#components.values()].flatMap(({ name, process }) => {
      const usage = process && usageOf(process.pid);
      if (!usage) return [];
      const { memory, mostMemory, cpuSeconds } = usage;
      return [`${name} has ${memory} KiB (at most ${mostMemory}) and took ${cpuSeconds.toFixed(3)} s of CPU time`];
    });
    if (used.length > 0) this.context.record({ event: 'note', text: `${when}: ${used.join(', ')}` });
  }

  #playing(kind: Role['kind']): Component[] {
    return [...this.#components.values()].filter(({ planned }) => planned.role.kind === kind);
  }

  /** Starts one after the other, for starting is mostly computing, then waits for all of them to serve. */
  async #startAll(components: readonly Component[]): Promise<void> {
    const serving: Promise<void>[] = [];
    for (const component of components) {
      const registrars = new LogTails(() => this.#playing('registrar').map(({ logFile }) => logFile));
      await registrars.toEnd();
      const { planned, host } = component;
      const { workspace = '/' } = this.context;
      await component.start((number) => {
        const identifier = identifierOf(this.plan, planned, number);
        return implementationOf(planned).launch(this.plan, planned, {
          number,
          identifier,
          addresses: host.addresses,
          workspace,
        });
      });
      serving.push(this.#untilServing(component, registrars));
    }
    await Promise.all(serving);
  }

  async #untilServing(component: Component, registrars: LogTails): Promise<void> {
    const { planned, name, life } = component;
    const own = new LogTail(component.logFile);
    const identifier = identifierOf(this.plan, planned, life);
    const probes = {
      registrar: {
        what: 'ready',
        withinSeconds:
          registrarStartSeconds + (planned.role.kind === 'registrar' ? planned.role.mentorDiscoveryTimeout : 0),
        shows: async () => implementationOf(planned).registrarIsReady(await own.read()),
      },
      poolElement: {
        what: 'in the handlespace',
        withinSeconds: registrationSeconds,
        shows: async () => isRegisteredIn(await registrars.read(), identifier),
      },
      poolUser: { what: 'running', withinSeconds: 1, shows: async () => true },
    };
    const { what, withinSeconds, shows } = probes[planned.role.kind];
    const { clock, signal } = this.context;
    await waitFor(
      `${name} to be ${what}`,
      async () => {
        if (await shows()) return true;
        if (!component.process) throw labBroken(`${name} ended before it was ${what}`);
        return undefined;
      },
      { clock, withinSeconds, everySeconds: 0.1, signal },
    );
    await this.#untilReadBack(component);
  }

  /**
   * Waits until the component has said which parameters it uses. What it does not say is a note.
   * @throws HarnessError `lab-broken` when they are others than it was told
   */
  async #untilReadBack({ planned, name, logFile }: Component): Promise<void> {
    const { clock, signal, record } = this.context;
    const deadline = clock.now() + bannerSeconds;
    for (;;) {
      const { differing, unsaid } = implementationOf(planned).readBack(
        planned.role,
        await readFile(logFile, 'utf8').catch(() => ''),
      );
      if (differing.length > 0)
        throw labBroken(`${name} uses other parameters than it was told: ${differing.join('; ')}`);
      if (unsaid.length === 0) return;
      if (clock.now() >= deadline) {
        record({ event: 'note', text: `not read back from ${name}, which said nothing of them: ${unsaid.join(', ')}` });
        return;
      }
      await clock.sleepUntil(clock.now() + 0.1, signal);
    }
  }
}

/** Registrars of any implementation may have said so. */
const isRegisteredIn = (log: string, identifier: number): boolean =>
  Object.values(implementations).some((each) => each.registeredIn(log).has(identifier));

/**
 * An identifier that tells which host's it is, and in which life: logs and captures show it. Of registrars that want to
 * take over the same peer the one with the lowest does, so here it is the first of them that is up.
 */
const identifierOf = ({ hosts }: Plan, { name, role }: PlannedHost, life: number): number =>
  (role.kind === 'registrar' ? 0x0200_0000 : 0x0100_0000) +
  (hosts.findIndex((host) => host.name === name) + 1) * 2 ** 8 +
  (life % 256);

/**
 * An association that is closed sends what it still holds, awaits its acknowledgement, which the peer may delay by
 * 0.2 s, and takes leave in three messages (RFC 9260, sections 6.2 and 9.2): two and a half round trips, on the slowest
 * network.
 */
function closingSeconds({ topology }: Plan): number {
  const delays = Object.values(topology.networks).map(({ impairment }) => impairment.delay ?? 0);
  return 0.25 + 5 * Math.max(...delays);
}

async function filterAsync<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<T[]> {
  const passed = await Promise.all(items.map(test));
  return items.filter((_, at) => passed[at]);
}
