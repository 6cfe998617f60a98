import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../harness/experiment/load.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { loadInventory, readInventory } from '../../harness/lab/remote/inventory.js';
import { place, placed } from '../../harness/lab/remote/placement.js';
import { temporaryFolder } from '../temporary.js';

const host = (last: number) => ({
  ssh: `lab@host${last}`,
  addresses: { red: `192.0.2.${last}`, blue: `198.51.100.${last}` },
});
const refusal = (message: unknown) => expect.objectContaining({ code: 'bad-input', message });
const one = (changes: object) => ({ hosts: { users: [{ ...host(1), ...changes }] } });

function fileWith(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

describe('an inventory', () => {
  const yaml = 'hosts:\n  users:\n    - ssh: lab@host1\n      addresses: { red: 192.0.2.1 }\n      right: sudo\n';
  const content = {
    ...{ way: 'native', firstPort: 47_600 },
    hosts: { users: [{ ssh: 'lab@host1', addresses: { red: '192.0.2.1' }, right: 'sudo' }] },
  };

  it.each([
    ['hosts.yaml', yaml],
    ['hosts.json', JSON.stringify(content)],
    ['hosts.ts', `export default ${JSON.stringify(content)} as const;`],
  ])('is read from %s', async (name, text) => {
    expect(await loadInventory(fileWith(name, text))).toEqual(content);
  });

  it('takes a host for an ordinary user’s when it does not say', () => {
    expect(readInventory('hosts', one({})).hosts.users![0]!.right).toBe('user');
  });

  it.each([
    ['nothing', undefined, 'hosts: expected object, got nothing'],
    ['no groups', { hosts: {} }, 'hosts.hosts: expected one group of hosts at least, got none'],
    ['an empty group', { hosts: { users: [] } }, 'hosts.hosts.users: expected at least 1 entry, got []'],
    ['an unknown word', one({ port: 22 }), "hosts.hosts.users.0: unknown option 'port'"],
    [
      'an unknown right',
      one({ right: 'admin' }),
      'hosts.hosts.users.0.right: expected one of root, sudo, user, got "admin"',
    ],
    ['an option of ssh', one({ ssh: '-oProxyCommand=x' }), expect.stringMatching(/ssh: expected a destination of ssh/)],
    ['a blank in it', one({ ssh: 'a b' }), expect.stringMatching(/ssh: expected a destination of ssh/)],
    [
      'no address',
      one({ addresses: {} }),
      expect.stringMatching(/addresses: expected an address on one network at least/),
    ],
    [
      'a name as address',
      one({ addresses: { red: 'host1' } }),
      'hosts.hosts.users.0.addresses.red: expected an IPv4 address such as 192.0.2.7, got "host1"',
    ],
    [
      'a multicast address',
      one({ addresses: { red: '224.0.0.1' } }),
      expect.stringMatching(/red: expected an address that a host can have, got "224\.0\.0\.1", which is of 224/),
    ],
    [
      'an address twice',
      { hosts: { users: [host(1)], elements: [host(1)] } },
      'hosts.hosts.elements.0.addresses.red: expected an address of its own, got 192.0.2.1, ' +
        'which is hosts.users.0.addresses.red, too',
    ],
  ])('with %s is refused in one sentence', (_, content, message) => {
    expect(() => readInventory('hosts', content)).toThrow(refusal(message));
  });

  it.each([
    ['gone.yaml', undefined, /expected a file, got .*gone\.yaml, which does not exist/],
    ['hosts.toml', '', /expected a file that ends in \.ts, \.js, \.yaml, \.yml or \.json, got .*hosts\.toml/],
    ['hosts.yaml', 'hosts: [', /hosts\.yaml: expected a file that loads, got: .+/],
    ['hosts.ts', 'export default (', /hosts\.ts: expected a file that loads, got: .+/],
  ])('as %s that is none is refused in one sentence', async (name, text, message) => {
    const file = text === undefined ? join(temporaryFolder(), name) : fileWith(name, text);
    const error = await loadInventory(file).catch((it) => it);
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('\n');
  });
});

describe('a plan on an inventory', async () => {
  const { experiment } = await loadExperiment('experiments/element-kill.ts');
  const plan = resolvePlan(experiment);
  let last = 0;
  const enough = () => {
    const hosts: Record<string, ReturnType<typeof host>[]> = {};
    for (const { group } of plan.hosts) hosts[group] = [...(hosts[group] ?? []), host(++last)];
    return hosts;
  };

  it('has its hosts’ addresses, one for each leg', () => {
    const inventory = readInventory('hosts', { hosts: enough() });
    const there = placed(plan, place(plan, inventory));
    expect(there.hosts.map(({ name }) => name)).toEqual(plan.hosts.map(({ name }) => name));
    for (const { group, legs } of there.hosts) {
      const addresses = inventory.hosts[group]!.map((it) => Object.values(it.addresses));
      expect(addresses).toContainEqual(legs.map(({ address }) => address));
    }
    expect(new Set(there.hosts.flatMap(({ legs }) => legs.map(({ address }) => address))).size).toBe(2 * last);
  });

  it('is refused where a group, a host or an address is missing', () => {
    const all = enough();
    const { users: _, ...noUsers } = all;
    const on = (hosts: object) => () => place(plan, readInventory('hosts', { hosts }));
    expect(on(noUsers)).toThrow(refusal(expect.stringMatching(/expected hosts for the group 'users' of element-kill/)));
    expect(on({ ...all, users: all.users!.slice(1) })).toThrow(
      refusal(expect.stringMatching(/expected \d+ hosts in 'users', got \d+/)),
    );
    const short = { ...all, users: all.users!.map((it) => ({ ...it, addresses: { red: it.addresses.red } })) };
    expect(on(short)).toThrow(refusal(expect.stringMatching(/hosts\.users\.0: expected an address on 'blue' for pu1/)));
  });
});
