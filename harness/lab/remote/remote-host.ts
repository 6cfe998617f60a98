/** A host that somebody has, or a lab kernel on it: processes and, where the right is there, faults of its network. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { badInput, labBroken } from '../../base/errors.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import type { Condition } from '../conditions.js';
import { type Association, parseAssociations, parseUnconfirmed } from '../kernel.js';
import type { LabHost, LabProcess, StartOptions } from '../lab.js';
import {
  batch,
  countIn,
  countLines,
  dropLines,
  type Flow,
  placeOf,
  redirectLines,
  removalLines,
  type Side,
  showLines,
  shownIn,
  stageCommand,
  stageRemoval,
} from './filters.js';
import type { Machine } from './machine.js';

export interface RemoteHostOptions {
  readonly plan: Plan;
  readonly host: PlannedHost;
  readonly session: string;
  readonly machine: Machine;
}

/** What was done for a condition. */
interface Imposed {
  readonly condition: Exclude<Condition, { kind: 'starved' }>;
  readonly places: readonly { readonly place: number; readonly side: Side; readonly devices: readonly string[] }[];
  /** Devices in which packets wait. */
  readonly stages: readonly string[];
  /** What undoes it is known by this name. */
  readonly healer: string;
}

const bothSides: readonly Side[] = ['ingress', 'egress'];

export class RemoteHost implements LabHost {
  readonly #imposed = new Map<string, Imposed>();
  readonly #counting: number;

  constructor(private readonly options: RemoteHostOptions) {
    this.#counting = placeOf('count', options.machine.number());
  }

  get name(): string {
    return this.options.host.name;
  }

  get addresses(): readonly string[] {
    return this.options.host.legs.map(({ address }) => address);
  }

  async start(
    command: readonly string[],
    { log, output = log, workingDirectory, ofMachine }: StartOptions,
  ): Promise<LabProcess> {
    if (ofMachine) throw badInput(`${this.name}: expected programs of the pool on a remote host, got one of rsplab's`);
    const { connection } = this.options.machine;
    // Whoever reads them finds them, though nothing has come yet.
    for (const file of new Set([log, output])) closeSync(openSync(join(workingDirectory, file), 'a'));
    const process = await connection.start(command, log, output);
    const { pid, ended } = process;
    return {
      pid,
      ended,
      state: async () => stateIn((await connection.do(['cat', `/proc/${pid}/stat`])).text),
      signal: (name) => void process.signal(name).catch(() => {}),
    };
  }

  async impose(name: string, condition: Condition): Promise<string> {
    if (condition.kind === 'starved') throw labBroken(`${this.name}: a remote host cannot be starved`);
    const { connection, number } = this.options.machine;
    const flows = this.#flowsOf(condition);
    const devices = devicesOf(flows);
    const worse = condition.kind === 'worse' ? condition.impairment : null;
    if (worse) this.#expectAlone(condition);
    const places = sidesOf(condition).map((side) => ({
      side,
      devices,
      place: placeOf(worse ? 'redirect' : 'drop', number()),
    }));
    const stages = worse ? places.map(({ place }) => this.#stage(place)) : [];
    const healer = `filters-${places[0]!.place}`;
    const imposed: Imposed = { condition, places, stages, healer };
    connection.heal(healer, this.#removal(imposed));
    this.#imposed.set(name, imposed);
    const lines = places.flatMap(({ place, side }, at) =>
      worse ? redirectLines(flows, place, side, stages[at]!) : dropLines(flows, place, [side]),
    );
    const first = stages.map((stage) => stageCommand(stage, worse!)).join(' && ') || ':';
    const text = await connection.must(this.#asRoot(batch([...lines, ...showOf(places)], { first })));
    const { filters } = this.#count(text, places);
    if (filters !== lines.length) throw labBroken(`${this.name}: expected ${lines.length} filters, got ${filters}`);
    const what = worse ? `lead SCTP through netem on ${stages.join(', ')}` : 'drop SCTP';
    return `${filters} filters on ${devices.join(', ')} ${what}, ${places.map(({ side }) => side).join(' and ')}`;
  }

  async lift(name: string): Promise<string> {
    const imposed = this.#imposed.get(name);
    if (!imposed) throw labBroken(`${this.name} is under no condition '${name}'`);
    this.#imposed.delete(name);
    const { connection } = this.options.machine;
    const { places, stages, healer } = imposed;
    const before = this.#count(await connection.must(this.#asRoot(batch(showOf(places)))), places);
    await connection.do(this.#removal(imposed));
    const after = this.#count(await connection.must(this.#asRoot(batch(showOf(places)))), places);
    if (after.filters > 0) throw labBroken(`${this.name}: ${after.filters} filters are still there`);
    await connection.forget(healer);
    return stages.length > 0 ? `${before.packets} packets were led through netem` : `dropped ${before.packets} packets`;
  }

  async packetsSent(): Promise<number> {
    const devices = devicesOf(this.#flows(this.options.host.legs, this.#others()));
    const places = [{ place: this.#counting, side: 'egress' as const, devices }];
    return this.#count(await this.options.machine.connection.must(this.#asRoot(batch(showOf(places)))), places).packets;
  }

  /** Lines that have all counted that it sends from now on. */
  countingLines(): string[] {
    return countLines(this.#flows(this.options.host.legs, this.#others()), this.#counting);
  }

  async associations(): Promise<Association[]> {
    const { code, text } = await this.options.machine.connection.do(['cat', '/proc/net/sctp/assocs']);
    if (code !== 0) return [];
    const own = new Set(this.addresses);
    return parseAssociations(text).filter(({ localAddresses }) => localAddresses.some((it) => own.has(it)));
  }

  /** Addresses of the plan's hosts to which SCTP never got through from here, as far as anything was tried. */
  async unreached(): Promise<string[]> {
    const { code, text } = await this.options.machine.connection.do(['cat', '/proc/net/sctp/remaddr']);
    return code === 0 ? parseUnconfirmed(text) : [];
  }

  async readdress(): Promise<void> {
    throw labBroken(`${this.name} has the addresses of its inventory, and no others`);
  }

  /** Somebody's own host is not started anew. */
  async reboot(): Promise<void> {}

  #asRoot(words: readonly string[]): string[] {
    return this.options.machine.asRoot(words);
  }

  #removal({ places, stages }: Imposed): string[] {
    const lines = places.flatMap(({ place, side, devices }) => removalLines(devices, place, [side]));
    const [file, flag, script, ...words] = batch(lines, { force: true });
    return this.#asRoot([file!, flag!, [script!, ...stages.map(stageRemoval)].join('; '), ...words]);
  }

  /** Filters that stand there now, and packets that met them. */
  #count(text: string, places: Imposed['places']): { filters: number; packets: number } {
    const shown = shownIn(text).flat();
    const counts = places.map(({ place }) => countIn(shown, place));
    const sum = (key: 'filters' | 'packets') => counts.reduce((total, count) => total + count[key], 0);
    return { filters: sum('filters'), packets: sum('packets') };
  }

  /** One packet waits in one place only. */
  #expectAlone(condition: Imposed['condition']): void {
    const { kind, network } = condition;
    const other = [...this.#imposed.values()].find(
      (it) => it.condition.kind === kind && (!network || !it.condition.network || it.condition.network === network),
    );
    if (other) throw labBroken(`${this.name}: a leg of a remote host can be impaired by one fault at a time`);
  }

  #stage(place: number): string {
    return `rsplab${this.options.session.slice(0, 5)}${place % 1000}`;
  }

  #flowsOf(condition: Imposed['condition']): Flow[] {
    const { network } = condition;
    const legs = this.options.host.legs.filter((leg) => (network ?? leg.network) === leg.network);
    return this.#flows(legs, condition.kind === 'apart' ? condition.from : this.#others());
  }

  #others(): string[] {
    return this.options.plan.hosts.map(({ name }) => name).filter((name) => name !== this.name);
  }

  #flows(legs: PlannedHost['legs'], others: readonly string[]): Flow[] {
    const theirs = this.options.plan.hosts.filter(({ name }) => others.includes(name)).flatMap((host) => host.legs);
    return legs.flatMap(({ address: own }) =>
      theirs.flatMap(({ address: other }) =>
        this.options.machine.devicesOf(own, other).map((device) => ({ device, own, other })),
      ),
    );
  }
}

function sidesOf(condition: Imposed['condition']): readonly Side[] {
  const direction = condition.kind === 'closed' || condition.kind === 'worse' ? condition.direction : 'both';
  return direction === 'both' ? bothSides : [direction === 'in' ? 'ingress' : 'egress'];
}

const showOf = (places: Imposed['places']): string[] =>
  places.flatMap(({ devices, side }) => showLines(devices, [side]));
const devicesOf = (flows: readonly Flow[]): string[] => [...new Set(flows.map(({ device }) => device))];

/** The state in `/proc/PID/stat`, behind the program's name in parentheses; undefined when there is none. */
const stateIn = (stat: string): string | undefined => /^\d+ \(.*\) (\w) /s.exec(stat)?.[1];
