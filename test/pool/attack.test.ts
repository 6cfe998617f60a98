import { describe, expect, it } from 'vitest';
import { type AsapMessage, asapTypes, find, type Parameter } from '../../harness/pool/native/asap.js';
import { type AttackOptions, attackOf, keepAliveAnswer } from '../../harness/pool/native/attack.js';

const options: AttackOptions = {
  ...{ attack: 'falseFailureReports', pool: 'P', fakeElements: 2, addresses: ['10.1.0.8', '10.2.0.8'], port: 4711 },
  firstIdentifier: 0xa000_0000,
};

const element = (identifier: number, policy: number, ...values: number[]): Parameter => ({
  ...{ kind: 'poolElement', identifier, registrar: 1, registrationLife: 1 },
  parameters: [{ kind: 'policy', policy, values }],
});

const answer = (type: number, ...parameters: Parameter[]): AsapMessage => ({
  ...{ type, flags: 0, registrar: null, parameters },
});

const resolved = (...elements: Parameter[]) => answer(asapTypes.handleResolutionResponse, ...elements);

describe('false failure reports', () => {
  it('wait for elements to be known, then tell on one after another', () => {
    const attack = attackOf(options);
    expect(attack.next()).toBeNull();
    expect(attack.question()?.type).toBe(asapTypes.handleResolution);
    expect(attack.hear(resolved(element(1, 1), element(2, 1)))).toBe('other');
    const told = [1, 2, 3].map(() => attack.next()!);
    expect(told.every(({ type }) => type === asapTypes.endpointUnreachable)).toBe(true);
    expect(told.map((it) => find(it, 'elementIdentifier')?.identifier)).toEqual([1, 2, 1]);
    expect(told.map((it) => find(it, 'poolHandle')?.handle)).toEqual(['P', 'P', 'P']);
  });

  it('go on about an element that is offered no more: it may come back', () => {
    const attack = attackOf(options);
    attack.hear(resolved(element(1, 1)));
    attack.hear(resolved());
    expect(find(attack.next()!, 'elementIdentifier')?.identifier).toBe(1);
  });
});

describe('a flood of handle resolutions', () => {
  const attack = attackOf({ ...options, attack: 'handleResolutionFlood' });

  it('asks at once, and tells answers with elements from others', () => {
    expect(attack.question()).toBeNull();
    expect(attack.next()?.type).toBe(asapTypes.handleResolution);
    expect(attack.hear(resolved(element(1, 1)))).toBe('accepted');
    expect(attack.hear(resolved({ kind: 'error', causes: [] }))).toBe('rejected');
  });
});

describe('a flood of registrations', () => {
  it('follows the policy of the pool, as elements without load, under identifiers of its own in turn', () => {
    const attack = attackOf({ ...options, attack: 'registrationFlood' });
    expect(attack.next()).toBeNull();
    attack.hear(resolved(element(1, 0x4000_0001, 77)));
    expect(attack.question()).toBeNull();
    const fakes = [1, 2, 3].map(() => find(attack.next()!, 'poolElement')!);
    expect(fakes.map(({ identifier }) => identifier)).toEqual([0xa000_0000, 0xa000_0001, 0xa000_0000]);
    expect(find(fakes[0]!, 'policy')).toEqual({ kind: 'policy', policy: 0x4000_0001, values: [0] });
    expect(find(fakes[0]!, 'sctpTransport')).toMatchObject({ port: 4711, parameters: { length: 2 } });
  });

  it('keeps the values of a policy that knows no load', () => {
    const attack = attackOf({ ...options, attack: 'registrationFlood' });
    attack.hear(resolved(element(1, 2, 5)));
    expect(find(find(attack.next()!, 'poolElement')!, 'policy')).toEqual({ kind: 'policy', policy: 2, values: [5] });
  });

  it('counts refusals by the flag of the answer', () => {
    const attack = attackOf({ ...options, attack: 'registrationFlood' });
    expect(attack.hear(answer(asapTypes.registrationResponse))).toBe('accepted');
    expect(attack.hear({ ...answer(asapTypes.registrationResponse), flags: 1 })).toBe('rejected');
  });
});

it('an endpoint keep-alive is answered about the same element, and nothing else is', () => {
  const about: Parameter[] = [
    { kind: 'poolHandle', handle: 'P' },
    { kind: 'elementIdentifier', identifier: 7 },
  ];
  const asked = { ...answer(asapTypes.endpointKeepAlive, ...about), registrar: 3 };
  expect(keepAliveAnswer(asked)).toEqual(answer(asapTypes.endpointKeepAliveAck, ...about));
  expect(keepAliveAnswer(resolved())).toBeNull();
});
