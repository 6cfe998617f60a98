import { expect, it } from 'vitest';
import { codeOf } from '../../../../harness/base/errors.js';
import { randomFrom } from '../../../../harness/base/random.js';
import { asapTypes, decode, encode, find } from '../../../../harness/pool/native/asap.js';
import { Grammar } from '../../../../harness/pool/native/fuzz/grammar.js';
import { mutate } from '../../../../harness/pool/native/fuzz/mutate.js';
import type { Parameter } from '../../../../harness/pool/native/parameter.js';
import { Registrar } from '../../../../harness/pool/native/registrar/registrar.js';
import { parameters } from './world.js';

const endpoint = { address: '10.1.0.9', port: 4000 };
const known = { pool: 'P', identifiers: [7, 8, 9], requests: [1], addresses: ['10.1.0.9'], own: 0xa000_0000 };

it.each([1, 2])('a registrar survives whatever is said, holds its bounds and goes on serving (seed %i)', (seed) => {
  let now = 1000;
  let associations = 100;
  const answers: Buffer[] = [];
  const channel = {
    send: (_: number, bytes: Buffer) => answers.push(Buffer.from(bytes)) > 0,
    connect: () => ++associations,
    abort: () => {},
  };
  const registrar = new Registrar(
    { identifier: 1, parameters, enrp: { addresses: ['10.1.0.1'], port: 9901 }, peers: [], announces: false },
    { now: () => now, asap: channel, enrp: channel, announce: () => {}, log: () => {}, ready: () => {} },
    randomFrom(seed),
  );
  const pass = (seconds: number) => {
    for (now += seconds; registrar.nextAt <= now; ) registrar.tick();
  };
  registrar.start();
  pass(parameters.mentorDiscoveryTimeout);
  const random = randomFrom(seed, 'fuzz');
  const grammar = new Grammar(random, known);
  for (let count = 0; count < 800; count += 1) {
    const isAsap = random.below(2) === 0;
    const bytes = mutate(isAsap ? grammar.asap() : grammar.enrp(), random);
    const association = random.below(5);
    try {
      if (isAsap) registrar.heardAsap(association, endpoint, bytes);
      else registrar.heardEnrp(random.below(3) === 0 ? null : association, endpoint, bytes);
    } catch (error) {
      // What is no message is refused; everything else would be the end of its process.
      if (codeOf(error) !== 'bad-input') throw error;
    }
    if (random.below(50) === 0) registrar.overAsap(association);
    pass(0.01);
    answers.length = 0;
  }
  // Peers that say nothing more are forgotten.
  for (let second = 0; second < 40; second += 1) pass(1);
  expect(registrar.holdings.peers).toBe(0);
  const pool = { kind: 'poolHandle', handle: 'Q' } as const;
  const transport = {
    kind: 'sctpTransport',
    port: 1,
    use: 1,
    parameters: [{ kind: 'ipv4Address', address: '10.1.0.9' }],
  } as const;
  const policy = { kind: 'policy', policy: 1, values: [] } as const;
  const element: Parameter = {
    kind: 'poolElement',
    ...{ identifier: 5, registrar: 0, registrationLife: 9000 },
    parameters: [transport, policy],
  };
  const say = (type: number, within: readonly Parameter[]) =>
    registrar.heardAsap(1, endpoint, encode({ type, flags: 0, registrar: null, parameters: within }));
  say(asapTypes.registration, [pool, element]);
  say(asapTypes.handleResolution, [pool]);
  expect(find(decode(answers.at(-1)!), 'poolElement')?.identifier).toBe(5);
});
