import { describe, expect, it } from 'vitest';
import { type AsapMessage, asapTypes, find } from '../../../../harness/pool/native/asap.js';
import type { Parameter } from '../../../../harness/pool/native/parameter.js';
import { ElementHost, RegistrarHost, World } from './world.js';

const addresses = ['10.1.0.1', '10.1.0.2', '10.1.0.3'];

/** So many registrars that know each other, and three elements whose home the first one is. */
function worldOf(registrars: number, overrides = {}) {
  const world = new World();
  const names = addresses.slice(0, registrars);
  const all = names.map(
    (address, at) =>
      new RegistrarHost(
        world,
        address,
        at + 1,
        names.filter((it) => it !== address),
        overrides,
      ),
  );
  world.pass(5);
  const elements = [11, 12, 13].map(
    (identifier) => new ElementHost(world, `10.1.1.${identifier}`, identifier, names[0]!),
  );
  world.pass(1);
  return { world, all, elements };
}

/** Asks a registrar by an association of its own. @returns what it answers */
function ask(world: World, registrar: RegistrarHost, type: number, ...parameters: Parameter[]): AsapMessage[] {
  const user = new ElementHost(world, '10.1.2.1', 99, '10.9.9.9');
  user.home = { address: registrar.address, association: world.association() };
  user.say({ type, flags: 0, registrar: null, parameters });
  world.pass(0.1);
  return user.heardOf;
}

const pool: Parameter = { kind: 'poolHandle', handle: 'pool' };
const resolve = (world: World, registrar: RegistrarHost, items = 1) =>
  ask(world, registrar, asapTypes.handleResolution, pool, { kind: 'items', items })[0]!;
const elementsIn = ({ parameters }: AsapMessage) => parameters.filter((it) => it.kind === 'poolElement');

describe('one registrar', () => {
  it('is ready when it found no mentor in time, and then answers', () => {
    const world = new World();
    const registrar = new RegistrarHost(world, addresses[0]!, 1, []);
    world.pass(2.9);
    expect(registrar.isReady).toBe(false);
    world.pass(0.2);
    expect(registrar.isReady).toBe(true);
    expect(registrar.log.at(-1)).toBe(
      'Initialization phase ended after ENRP mentor discovery timeout. The registrar is ready!',
    );
  });

  it('registers elements, and offers them in turn without saying where they hear ASAP', () => {
    const { world, all, elements } = worldOf(1);
    expect(elements.map(({ heardOf }) => heardOf[0])).toMatchObject(
      [11, 12, 13].map((identifier) => ({
        ...{ type: asapTypes.registrationResponse, flags: 0 },
        parameters: [pool, { kind: 'elementIdentifier', identifier }],
      })),
    );
    const offers = [0, 1, 2, 3].map(() => elementsIn(resolve(world, all[0]!)).map(({ identifier }) => identifier));
    expect(offers).toEqual([[11], [12], [13], [11]]);
    const several = elementsIn(resolve(world, all[0]!, 0xffff_ffff));
    expect(several.map(({ identifier }) => identifier).sort()).toEqual([11, 12, 13]);
    expect(several[0]!.parameters.map(({ kind }) => kind)).toEqual(['sctpTransport', 'policy']);
  });

  it('says of a pool that is not there that it is not', () => {
    const { world, all } = worldOf(1);
    const [answer] = ask(world, all[0]!, asapTypes.handleResolution, { kind: 'poolHandle', handle: 'other' });
    expect(find(answer!, 'error')?.causes).toEqual([{ code: 0x9, bytes: '' }]);
  });

  it('refuses an element under another policy than the pool’s', () => {
    const { world, all } = worldOf(1);
    const stranger = new ElementHost(world, '10.1.1.50', 50, addresses[0]!, { policy: 0x3, values: [] });
    world.pass(0.1);
    expect(stranger.heardOf[0]).toMatchObject({ type: asapTypes.registrationResponse, flags: 1 });
    expect(find(stranger.heardOf[0]!, 'error')?.causes[0]?.code).toBe(0x5);
    expect(all[0]!.all).toEqual([11, 12, 13]);
  });

  it('removes an element that deregisters, answers no keep-alive, or whose association is lost', () => {
    const { world, all, elements } = worldOf(1);
    const identifier: Parameter = { kind: 'elementIdentifier', identifier: 11 };
    elements[0]!.say({ type: asapTypes.deregistration, flags: 0, registrar: null, parameters: [pool, identifier] });
    world.pass(0.1);
    expect(all[0]!.all).toEqual([12, 13]);
    elements[1]!.isSilent = true;
    // A keep-alive every second, and a second to answer.
    world.pass(2.1);
    expect(all[0]!.all).toEqual([13]);
    all[0]!.over('asap', elements[2]!.home.association);
    expect(all[0]!.all).toEqual([]);
    expect(find(resolve(world, all[0]!), 'error')?.causes[0]?.code).toBe(0x9);
  });

  it('removes an element after so many failure reports, and a registration sets the count back', () => {
    const { world, all, elements } = worldOf(1);
    const report = () =>
      ask(world, all[0]!, asapTypes.endpointUnreachable, pool, { kind: 'elementIdentifier', identifier: 11 });
    report();
    report();
    elements[0]!.register();
    world.pass(0.1);
    report();
    report();
    expect(all[0]!.all).toEqual([11, 12, 13]);
    report();
    expect(all[0]!.all).toEqual([12, 13]);
  });

  it('refuses handle resolutions that come too often on one association', () => {
    const { world, all } = worldOf(1, { maxHandleResolutionRate: 1 });
    const user = new ElementHost(world, '10.1.2.2', 98, '10.9.9.9');
    user.home = { address: addresses[0]!, association: world.association() };
    const message = { type: asapTypes.handleResolution, flags: 0, registrar: null, parameters: [pool] };
    for (const pause of [0.1, 1.2, 0.1]) {
      user.say(message);
      world.pass(pause);
    }
    expect(user.heardOf.map((it) => find(it, 'error')?.causes[0]?.code ?? null)).toEqual([null, 0xa, null]);
    expect(all[0]!.registrar.holdings.handleResolutions).toBe(3);
  });
});

describe('several registrars', () => {
  it('hold the same, and each knows whose the elements are', () => {
    const { all } = worldOf(3);
    for (const registrar of all) expect(registrar.all).toEqual([11, 12, 13]);
    expect(all.map(({ own }) => own.length)).toEqual([3, 0, 0]);
    expect(new Set(all.map(({ registrar }) => registrar.handlespace.checksum(1))).size).toBe(1);
  });

  it('one that comes later learns the handlespace from a mentor, in parts if it is large', () => {
    const world = new World();
    const first = new RegistrarHost(world, addresses[0]!, 1, []);
    world.pass(4);
    for (let at = 0; at < 300; at += 1) new ElementHost(world, `10.2.${at >> 8}.${at & 255}`, 1000 + at, addresses[0]!);
    world.pass(0.5);
    const second = new RegistrarHost(world, addresses[1]!, 2, [addresses[0]!]);
    world.pass(0.5);
    expect(second.log.at(-1)).toContain('after obtaining handlespace from mentor server');
    expect(second.all).toEqual(first.all);
    expect(second.all).toHaveLength(300);
  });

  it.each([2, 3])('of %i one takes over the elements of another that is killed', (count) => {
    const { world, all, elements } = worldOf(count);
    all[0]!.kill();
    // Two seconds to miss it, two to answer, and some messages.
    world.pass(4.5);
    expect(all[1]!.own.sort()).toEqual([11, 12, 13]);
    expect(elements.map(({ home }) => home.address)).toEqual(
      addresses.slice(1, 2).concat(addresses[1]!, addresses[1]!),
    );
    for (const registrar of all.slice(1)) expect(registrar.all).toEqual([11, 12, 13]);
    world.pass(20);
    expect(all[1]!.own.sort()).toEqual([11, 12, 13]);
    if (count === 3) expect(all[2]!.own).toEqual([]);
  });

  it('of 3 one takes over the elements of two that fall silent at once: neither has to agree about the other', () => {
    const { world, all } = worldOf(3);
    new ElementHost(world, '10.1.1.14', 14, addresses[1]!);
    world.pass(1);
    for (const address of addresses.slice(0, 2)) world.away.add(address);
    world.pass(6);
    expect(all[2]!.own.sort()).toEqual([11, 12, 13, 14]);
    expect(all[2]!.registrar.holdings.peers).toBe(0);
  });

  it.each([
    [2, 'frozen'],
    [3, 'frozen'],
    [2, 'isolated'],
    [3, 'isolated'],
  ] as const)('of %i one that was %s comes back and destroys nothing', (count, how) => {
    const { world, all } = worldOf(count);
    const strike = (on: boolean) => {
      if (how === 'frozen') all[0]!.isFrozen = on;
      else if (on) world.away.add(addresses[0]!);
      else world.away.delete(addresses[0]!);
    };
    strike(true);
    world.pass(16);
    expect(all[1]!.own.sort()).toEqual([11, 12, 13]);
    strike(false);
    world.pass(6);
    for (const registrar of all) expect(registrar.all).toEqual([11, 12, 13]);
    expect(all[1]!.own.sort()).toEqual([11, 12, 13]);
    const checksums = all.map(({ registrar }) => [1, 2, 3].map((it) => registrar.handlespace.checksum(it)).join());
    expect(new Set(checksums).size).toBe(1);
  });
});
