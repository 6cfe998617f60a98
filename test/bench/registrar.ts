/**
 * How many handle resolutions a second the native registrar answers: bytes in, bytes out, without a kernel. What its
 * sockets cost, and what RSPLIB's registrar does, is not in here.
 */
import { randomFrom } from '../../harness/base/random.js';
import { asapTypes, encode } from '../../harness/pool/native/asap.js';
import { Registrar } from '../../harness/pool/native/registrar/registrar.js';
import { parameters } from '../pool/native/registrar/world.js';

for (const elements of [1, 10, 100, 1000]) {
  let now = 0;
  let answers = 0;
  const channel = { send: () => ++answers > 0, connect: () => null, abort: () => {} };
  const registrar = new Registrar(
    { identifier: 1, parameters, enrp: { addresses: ['10.1.0.1'], port: 9901 }, peers: [], announces: false },
    { now: () => now, asap: channel, enrp: channel, announce: () => {}, log: () => {}, ready: () => {} },
    randomFrom(1),
  );
  registrar.start();
  now = parameters.mentorDiscoveryTimeout;
  registrar.tick();
  const from = { address: '10.1.1.1', port: 4000 };
  const pool = { kind: 'poolHandle', handle: 'CalcAppPool' } as const;
  for (let identifier = 1; identifier <= elements; identifier += 1) {
    const addresses = ['10.1.1.1', '10.2.1.1'].map((address) => ({ kind: 'ipv4Address', address }) as const);
    const transport = { kind: 'sctpTransport', port: 4711, use: 1, parameters: addresses } as const;
    const policy = { kind: 'policy', policy: 0x4000_0001, values: [0] } as const;
    const element = { kind: 'poolElement', identifier, registrar: 0, registrationLife: 300_000 } as const;
    const parameter = { ...element, parameters: [transport, policy] };
    const message = { type: asapTypes.registration, flags: 0, registrar: null, parameters: [pool, parameter] };
    registrar.heardAsap(identifier, from, encode(message));
  }
  const items = { kind: 'items', items: 1 } as const;
  const request = encode({ type: asapTypes.handleResolution, flags: 0, registrar: null, parameters: [pool, items] });
  const resolve = (times: number) => {
    for (let time = 0; time < times; time += 1) registrar.heardAsap(0, from, request);
  };
  resolve(20_000);
  const [before, start] = [answers, performance.now()];
  resolve(200_000);
  const perSecond = ((answers - before) / (performance.now() - start)) * 1e3;
  console.log(
    `${elements} elements: ${Math.round(perSecond)} handle resolutions/s, ${(perSecond / 20_000).toFixed(1)} × 20,000`,
  );
}
