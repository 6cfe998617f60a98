/** A host that somebody has, with its own kernel: processes and, where the right is there, faults of its network. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { badInput, labBroken } from '../../base/errors.js';
import type { Plan, PlannedHost } from '../../experiment/plan.js';
import type { Condition } from '../conditions.js';
import { type Association, parseAssociations } from '../kernel.js';
import type { LabHost, LabProcess, StartOptions } from '../lab.js';
import type { Connection } from './connection.js';
import {
  countTable,
  deleteTable,
  dropTable,
  listTable,
  type NetworkCondition,
  packetsIn,
  type Scope,
} from './drops.js';
import type { Right } from './inventory.js';

export interface NativeOptions {
  readonly plan: Plan;
  readonly host: PlannedHost;
  readonly right: Right;
  readonly session: string;
  readonly connection: Connection;
}

export class NativeHost implements LabHost {
  readonly #imposed = new Map<string, string>();
  #tables = 0;
  #counter: string | undefined;

  constructor(private readonly options: NativeOptions) {}

  get name(): string {
    return this.options.host.name;
  }

  get addresses(): readonly string[] {
    return this.options.host.legs.map(({ address }) => address);
  }

  /** Words that run as root, where that is possible. */
  asRoot(words: readonly string[]): string[] {
    return this.options.right === 'sudo' ? ['sudo', '-n', ...words] : [...words];
  }

  async start(
    command: readonly string[],
    { log, output = log, workingDirectory, ofMachine }: StartOptions,
  ): Promise<LabProcess> {
    if (ofMachine) throw badInput(`${this.name}: expected programs of the pool on a remote host, got one of rsplab's`);
    const { connection } = this.options;
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
    if (condition.kind === 'worse' || condition.kind === 'starved') {
      throw labBroken(`${this.name}: a native host cannot be ${condition.kind}`);
    }
    const table = this.#newTable();
    const scope = this.#scopeOf(condition);
    const { connection } = this.options;
    connection.heal(table, this.asRoot(deleteTable(table)));
    this.#imposed.set(name, table);
    await connection.must(this.asRoot(dropTable(table, condition, scope)));
    const listed = await connection.must(this.asRoot(listTable(table)));
    const rules = listed.split('\n').filter((line) => line.includes('drop')).length;
    if (rules === 0) throw labBroken(`${this.name}: nftables took no rule of table ${table}`);
    return `nftables ${table}: ${rules} rules drop SCTP of ${scope.own.join(', ')}`;
  }

  async lift(name: string): Promise<string> {
    const table = this.#imposed.get(name);
    if (!table) throw labBroken(`${this.name} is under no condition '${name}'`);
    this.#imposed.delete(name);
    const { connection } = this.options;
    const dropped = packetsIn(await connection.must(this.asRoot(listTable(table))));
    await connection.lift(table);
    const { code } = await connection.do(this.asRoot(listTable(table)));
    if (code === 0) throw labBroken(`${this.name}: nftables ${table} is still there`);
    return `nftables ${table} dropped ${dropped} packets`;
  }

  async packetsSent(): Promise<number> {
    return packetsIn(await this.options.connection.must(this.asRoot(listTable(this.#counter!))));
  }

  /** Counts what it sends from now on; needs the right. */
  async count(): Promise<void> {
    const table = this.#newTable();
    const { connection } = this.options;
    connection.heal(table, this.asRoot(deleteTable(table)));
    await connection.must(this.asRoot(countTable(table, this.#scope(this.options.host.legs, this.#others()))));
    this.#counter = table;
  }

  async associations(): Promise<Association[]> {
    const { code, text } = await this.options.connection.do(['cat', '/proc/net/sctp/assocs']);
    if (code !== 0) return [];
    const own = new Set(this.addresses);
    return parseAssociations(text).filter(({ localAddresses }) => localAddresses.some((it) => own.has(it)));
  }

  async readdress(): Promise<void> {
    throw labBroken(`${this.name} has the addresses of its inventory, and no others`);
  }

  /** Somebody's own host is not started anew. */
  async reboot(): Promise<void> {}

  #newTable(): string {
    const { session, host } = this.options;
    this.#tables += 1;
    return `rsplab_${session}_${host.name}_${this.#tables}`;
  }

  #scopeOf(condition: NetworkCondition): Scope {
    const { network } = condition;
    const legs = this.options.host.legs.filter((leg) => (network ?? leg.network) === leg.network);
    const others = condition.kind === 'apart' ? condition.from : this.#others();
    return this.#scope(legs, others);
  }

  #others(): string[] {
    return this.options.plan.hosts.map(({ name }) => name).filter((name) => name !== this.name);
  }

  #scope(legs: PlannedHost['legs'], others: readonly string[]): Scope {
    const theirs = this.options.plan.hosts.filter(({ name }) => others.includes(name));
    return {
      own: legs.map(({ address }) => address),
      others: theirs.flatMap((host) => host.legs.map(({ address }) => address)),
    };
  }
}

/** The state in `/proc/PID/stat`, behind the program's name in parentheses; undefined when there is none. */
const stateIn = (stat: string): string | undefined => /^\d+ \(.*\) (\w) /s.exec(stat)?.[1];
