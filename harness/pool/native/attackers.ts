/**
 * Attackers on the hosts of a lab: processes of our own beside whatever implementation the pool is made of. They start
 * when the users run, and end before anybody else does.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { badInput } from '../../base/errors.js';
import { attackBounds, firstStrike } from '../../experiment/attacker.js';
import { type HostWith, hostsWith, type Plan, type PlannedHost } from '../../experiment/plan.js';
import { sharedLegs } from '../../experiment/reach.js';
import type { Attacker } from '../../experiment/role.js';
import type { LabProcess, OpenLab } from '../../lab/lab.js';
import { attackFile } from '../../result/rows.js';
import type { PoolContext } from '../pool.js';
import type { Order } from './order.js';

const asapPort = 3863;
/** Of elements that do not exist. */
const fakePort = 4711;

export interface DeployedAttackers {
  /** Starts their processes; what the plan says of the attacks' time counts from the end of the warm-up, from now. */
  start(): Promise<void>;
  /** Ends those that still run, so that they report to the last. */
  stop(): Promise<void>;
}

export function deployAttackers(plan: Plan, lab: OpenLab, context: PoolContext): DeployedAttackers {
  const running = new Set<{ process: LabProcess; dismissed: boolean }>();
  const { clock, folder, record, broken } = context;
  const start = async (host: HostWith<Attacker>, measureAt: number) => {
    const command = attackerCommand(plan, host, measureAt);
    const files = { log: `${host.name}.log`, output: attackFile(host.name) };
    const workingDirectory = join(folder, 'logs');
    const process = await lab.hosts.get(host.name)!.start(command, { ...files, workingDirectory, ofMachine: true });
    record({ event: 'processStarted', host: host.name, pid: process.pid, command });
    const entry = { process, dismissed: false };
    running.add(entry);
    process.ended.then(
      async ({ exitCode, signal }) => {
        running.delete(entry);
        record({ event: 'processEnded', host: host.name, pid: process.pid, exitCode, signal });
        if (exitCode === 0 || entry.dismissed) return;
        const said = (await readFile(join(workingDirectory, files.log), 'utf8')).trim();
        broken(`${host.name} (attacker) ended with ${signal ?? `exit code ${exitCode}`}: ${said.split('\n').at(-1)}`);
      },
      (error) => broken(String(error.message)),
    );
  };
  return {
    async start() {
      const measureAt = clock.now() + plan.phases.warmUp;
      for (const host of hostsWith(plan, 'attacker')) await start(host, measureAt);
    },
    async stop() {
      const all = [...running];
      for (const entry of all) {
        entry.dismissed = true;
        entry.process.signal('SIGINT');
      }
      const over = new AbortController();
      const late = clock.sleepUntil(clock.now() + farewellSeconds, over.signal).then(
        () => all.filter((entry) => running.has(entry)).forEach(({ process }) => void process.signal('SIGKILL')),
        () => {},
      );
      await Promise.race([Promise.all(all.map(({ process }) => process.ended)), late]);
      over.abort();
      await Promise.all(all.map(({ process }) => process.ended));
    },
  };
}

/** Node.js may just be starting, which takes this long in a lab kernel. */
const farewellSeconds = 5;

/** @param measureAt epoch seconds */
function attackerCommand(plan: Plan, host: HostWith<Attacker>, measureAt: number): string[] {
  const { role, index, legs } = host;
  const order: Order = {
    attack: role.attack,
    target: role.target,
    seed: plan.seed,
    pool: role.pool,
    rate: role.rate,
    beginAt: measureAt + role.start + firstStrike(plan.hosts, host),
    seconds: secondsOf(plan, role),
    fakeElements: role.fakeElements,
    associations: role.associations,
    // Far from those of elements that exist, and different for each attacker.
    firstIdentifier: 0xa000_0000 + index * attackBounds.fakeElements,
    addresses: legs.map(({ address }) => address),
    port: fakePort,
    registrar: { address: victimOf(plan, host)!.address, port: asapPort },
    networks: Object.values(plan.topology.networks).map(({ cidr }) => cidr),
  };
  const program = role.attack === 'malformedMessages' ? './fuzz/main.js' : './attacker.js';
  return [process.execPath, fileURLToPath(new URL(program, import.meta.url)), JSON.stringify(order)];
}

const secondsOf = ({ phases }: Plan, { start, lasting }: Attacker): number => lasting ?? phases.measure - start;

/** The leg of a registrar on one of the attacker's networks; several attackers share several registrars out. */
function victimOf(plan: Plan, host: PlannedHost): PlannedHost['legs'][number] | undefined {
  const within = hostsWith(plan, 'registrar').flatMap((registrar) => sharedLegs(host, registrar).slice(0, 1));
  return within[(host.index - 1) % within.length];
}

/**
 * Refuses attackers that cannot do what the plan says.
 * @throws HarnessError `bad-input`
 */
export function checkAttackers(plan: Plan): void {
  const pools = new Set(hostsWith(plan, 'poolElement').map(({ role }) => role.pool));
  const attackers = hostsWith(plan, 'attacker');
  for (const host of attackers) {
    const where = `${plan.experiment}.${host.name}`;
    const { pool, start } = host.role;
    if (!pools.has(pool)) throw badInput(`${where}.pool: expected one of ${[...pools].join(', ')}, got '${pool}'`);
    const seconds = secondsOf(plan, host.role);
    if (seconds <= 0 || seconds > attackBounds.seconds) {
      const got = seconds <= 0 ? `a start at ${start} s` : `${seconds} s`;
      throw badInput(
        `${where}: expected an attack within the measurement of at most ${attackBounds.seconds} s, got ${got}`,
      );
    }
    if (!victimOf(plan, host)) throw badInput(`${where}: expected a registrar on one of its networks, got none`);
  }
  for (const { fault } of plan.faults) {
    const { target, kind } = fault;
    const hit = attackers.find(({ name, group }) =>
      target.select === 'named' ? target.names.includes(name) : target.group === group,
    );
    if (hit) throw badInput(`${plan.experiment}.faults.${kind}: expected no attacker as target, got ${hit.name}`);
  }
}
