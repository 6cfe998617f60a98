/** What faults ask of a host, one by one and all together, up to the commands that make it so. No kernel is needed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Condition, cpuShare, type LegState, legState } from '../../harness/lab/conditions.js';
import { type Fittings, filterDifferences, filtersOf, type LegNames, legCommands } from '../../harness/lab/leg.js';

const own = { delay: 0.01, lossPercent: 1 };
const network = fc.constantFrom(null, 'red', 'blue');
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('down' as const), network }),
  fc.record({
    kind: fc.constant('closed' as const),
    network,
    direction: fc.constantFrom('in' as const, 'out' as const),
  }),
  fc.record({
    kind: fc.constant('apart' as const),
    network,
    from: fc.subarray(['pe2', 'pu1', 'pu2'], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('worse' as const),
    network,
    direction: fc.constantFrom('both' as const, 'in' as const, 'out' as const),
    impairment: fc.record({ delay: fc.constantFrom(0.25, 0.5, 1), corruptPercent: fc.constantFrom(0, 50) }),
  }),
  fc.record({ kind: fc.constant('starved' as const), share: fc.constantFrom(0.1, 0.5) }),
);
const conditions = fc.array(condition, { maxLength: 6 });
const quiet = legState('red', own, []);

describe('the state of a leg', () => {
  it('without conditions is what its network does', () => {
    const none = { outward: null, closed: { in: false, out: false }, apart: [] };
    expect(quiet).toEqual({ up: true, inward: own, ...none });
  });

  it('does not depend on the order in which conditions came', () => {
    fc.assert(
      fc.property(
        conditions.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(legState('red', own, shuffled)).toEqual(legState('red', own, all));
          expect(cpuShare(shuffled)).toBe(cpuShare(all));
        },
      ),
    );
  });

  it('is made of those of its network and of all networks', () => {
    const all: Condition[] = [
      { kind: 'down', network: 'blue' },
      { kind: 'worse', network: null, direction: 'both', impairment: { delay: 0.02 } },
      { kind: 'worse', network: 'red', direction: 'out', impairment: { lossPercent: 10 } },
      { kind: 'apart', network: 'red', from: ['pu2', 'pu1'] },
      { kind: 'closed', network: null, direction: 'in' },
    ];
    expect(legState('red', own, all)).toEqual({
      up: true,
      inward: { delay: 0.03, lossPercent: 1 },
      outward: { delay: 0.02, lossPercent: 10 },
      closed: { in: true, out: false },
      apart: ['pu1', 'pu2'],
    });
    expect(legState('blue', {}, all)).toMatchObject({ up: false, apart: [], outward: { delay: 0.02 } });
  });

  it('leaves the smallest share of a CPU that was asked for', () => {
    expect(cpuShare([])).toBeNull();
    expect(
      cpuShare([
        { kind: 'starved', share: 0.5 },
        { kind: 'starved', share: 0.2 },
      ]),
    ).toBe(0.2);
  });
});

/** A kernel that does what `ip` and `tc` are told, as far as legs go. */
class Kernel {
  up = true;
  readonly queues = new Map<string, string>();
  readonly filters = new Set<string>();
  readonly devices = new Set<string>();
  hooks = false;

  run(command: readonly string[]): void {
    const [what, how, ...rest] = command;
    const text = rest.join(' ');
    if (what === 'link' && how === 'add') this.#fresh(this.devices, rest[0]!);
    else if (what === 'link' && rest[0] === 'pe1-red') this.up = rest[1] === 'up';
    else if (what === 'qdisc' && rest.at(-1) === 'clsact') this.hooks = true;
    else if (what === 'qdisc') this.queues.set(rest[1]!, rest.slice(3).join(' '));
    else if (what === 'filter' && how === 'add') {
      expect(this.hooks).toBe(true);
      this.#fresh(this.filters, text);
    } else if (what === 'filter') {
      const gone = [...this.filters].filter((it) => it.startsWith(`${text} `));
      expect(gone).toHaveLength(1);
      this.filters.delete(gone[0]!);
    }
  }

  #fresh(all: Set<string>, one: string): void {
    expect(all.has(one)).toBe(false);
    all.add(one);
  }
}

const names: LegNames = {
  device: 'pe1-red',
  stage: 'stage2',
  peer: (host) => {
    const number = ['pr1', 'pe1', 'pe2', 'pu1'].indexOf(host);
    return number < 0 ? undefined : { number, hardwareAddress: `02:00:0a:01:00:0${number}` };
  },
};

describe('commands', () => {
  const from = (before: LegState, after: LegState, has: Fittings = { hooks: false, stage: false }) => {
    const { first, queues, last } = legCommands(before, after, names, has);
    return [...first, ...queues, ...last].map((words) => words.join(' '));
  };
  const under = (...all: Condition[]) => legState('red', own, all);

  it('are none where nothing changes', () => {
    fc.assert(
      fc.property(conditions, (all) => {
        expect(from(under(...all), under(...all), fitted)).toEqual([]);
      }),
    );
  });
  const fitted = { hooks: true, stage: true };

  it('close one way, and open it again', () => {
    const closed = under({ kind: 'closed', network: null, direction: 'out' });
    expect(from(quiet, closed)).toEqual([
      'qdisc add dev pe1-red clsact',
      'filter add dev pe1-red ingress protocol all pref 1 matchall action drop',
    ]);
    expect(from(closed, quiet, fitted)).toEqual(['filter del dev pe1-red ingress protocol all pref 1']);
  });

  it('part hosts by hardware address, which stays when a host comes back under a new one', () => {
    // pu2 is not on this network.
    expect(from(quiet, under({ kind: 'apart', network: null, from: ['pu1', 'pu2'] })).slice(1)).toEqual([
      'filter add dev pe1-red ingress protocol all pref 13 flower dst_mac 02:00:0a:01:00:03 action drop',
      'filter add dev pe1-red egress protocol all pref 13 flower src_mac 02:00:0a:01:00:03 action drop',
    ]);
  });

  it('lead what the host sends through a stage of its own', () => {
    const worse = under({ kind: 'worse', network: 'red', direction: 'out', impairment: { lossPercent: 5 } });
    expect(from(quiet, worse)).toEqual([
      'link add stage2 type ifb',
      'link set stage2 addrgenmode none up',
      'qdisc replace dev stage2 root netem limit 100000 loss 5% corrupt 0% reorder 0% rate 0bit',
      'qdisc add dev pe1-red clsact',
      'filter add dev pe1-red ingress protocol all pref 65000 matchall action mirred egress redirect dev stage2',
    ]);
  });

  it('lead from any state to any other as if it had come from nothing', () => {
    fc.assert(
      fc.property(fc.array(conditions, { minLength: 1, maxLength: 5 }), (history) => {
        const kernel = new Kernel();
        const fittings = { hooks: false, stage: false };
        let state = quiet;
        for (const all of [...history, []]) {
          const after = under(...all);
          const { first, queues, last } = legCommands(state, after, names, fittings);
          for (const command of [...first, ...queues, ...last]) kernel.run(command);
          fittings.hooks ||= filtersOf(after, names).length > 0;
          fittings.stage ||= after.outward !== null;
          state = after;
          expect(kernel.up).toBe(after.up);
          expect(kernel.filters.size).toBe(filtersOf(after, names).length);
        }
        expect([...kernel.filters]).toEqual([]);
        const asAtFirst = 'netem limit 100000 delay 10ms loss 1% corrupt 0% reorder 0% rate 0bit';
        expect(kernel.queues.get('pe1-red') ?? asAtFirst).toBe(asAtFirst);
      }),
      { numRuns: 300 },
    );
  });

  it('are held against what the kernel says', () => {
    const wanted = filtersOf(under({ kind: 'closed', network: null, direction: 'in' }), names);
    const there = [{ pref: 1 }, { pref: 1, options: {} }];
    expect(filterDifferences(wanted, 'egress', there)).toBe('');
    expect(filterDifferences(wanted, 'egress', [])).toBe('egress filters: asked 1, got none');
    expect(filterDifferences(wanted, 'ingress', there)).toBe('ingress filters: asked none, got 1');
  });
});
