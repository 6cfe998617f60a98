/** A machine that somebody has: what all hosts that are on it share, and which of its devices carry what. */
import { labBroken } from '../../base/errors.js';
import type { Connection } from './connection.js';
import { batch, hasOurs, hookLine, showLines, shownIn, unhookLine } from './filters.js';
import type { Right } from './inventory.js';

/** Two addresses that send each other something. */
export type Pair = readonly [own: string, other: string];

export class Machine {
  #numbers = 0;
  readonly #devices = new Map<string, readonly string[]>();

  constructor(
    readonly connection: Connection,
    readonly right: Right,
  ) {}

  /** For all that is put on its devices. */
  readonly number = (): number => ++this.#numbers;

  /** The devices that carry what the two addresses send each other; to be learnt first. */
  readonly devicesOf = (own: string, other: string): readonly string[] => this.#devices.get(`${own} ${other}`) ?? [];

  /** Words that run as root, where that is possible. */
  asRoot(words: readonly string[]): string[] {
    return this.right === 'sudo' ? ['sudo', '-n', ...words] : [...words];
  }

  /**
   * Asks the kernel by which devices it sends from one address to the other, and on which it has the first.
   * @throws HarnessError `lab-broken` when it has no way or no such address
   */
  async learn(pairs: readonly Pair[]): Promise<void> {
    const script = `ip -o -4 address show; printf '%s\\n' "$@" | ip -o -force -batch -`;
    const questions = pairs.map(([own, other]) => `route get ${other} from ${own}`);
    const text = await this.connection.must(['sh', '-c', script, 'ip', ...questions]);
    const homes = new Map([...text.matchAll(/^\d+: (\S+) +inet ([\d.]+)/gm)].map(([, device, own]) => [own, device!]));
    const ways = new Map(
      [...text.matchAll(/^(?:local )?([\d.]+) from ([\d.]+) .*?\bdev (\S+)/gm)].map(([, other, own, device]) => [
        `${own} ${other}`,
        device!,
      ]),
    );
    const where = this.connection.target.destination;
    for (const [own, other] of pairs) {
      const [way, home] = [ways.get(`${own} ${other}`), homes.get(own)];
      if (!home) throw labBroken(`${where}: expected a device with the address ${own}, got none`);
      if (!way) throw labBroken(`${where}: expected a route from ${own} to ${other}, got none`);
      // Within one machine everything passes the loopback, and nothing else.
      this.#devices.set(`${own} ${other}`, way === 'lo' ? ['lo'] : [...new Set([way, home])]);
    }
  }

  get devices(): string[] {
    return [...new Set([...this.#devices.values()].flat())];
  }

  /**
   * Makes a place for filters on all of its devices, and puts these there. Places that were there already stay, also
   * when all is over.
   * @throws HarnessError `lab-broken` when another run has filters there
   */
  async hook(lines: readonly string[]): Promise<void> {
    const { connection, devices } = this;
    const text = await connection.must(
      this.asRoot(batch(['qdisc show', ...showLines(devices, ['egress'])], { force: true })),
    );
    const [queues, ...shown] = shownIn(text);
    if (shown.some(hasOurs)) throw labBroken(`${connection.target.destination}: another run has its filters there`);
    const hooked = (queues as unknown as { kind: string; dev: string }[]).filter(({ kind }) => kind === 'clsact');
    const missing = devices.filter((device) => !hooked.some(({ dev }) => dev === device));
    connection.heal('hooks', this.asRoot(batch(missing.map(unhookLine), { force: true })));
    await connection.must(this.asRoot(batch([...missing.map(hookLine), ...lines])));
  }
}
