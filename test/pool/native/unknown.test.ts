import { expect, it } from 'vitest';
import type { Parameter } from '../../../harness/pool/native/parameter.js';
import { judgeUnknown } from '../../../harness/pool/native/unknown.js';

const handle: Parameter = { kind: 'poolHandle', handle: 'pool' };
const unknown = (number: number) => ({ kind: 'other', number, bytes: 'ab' }) as const;

it.each([
  ['00: the message is dropped', 0x0777, null, 0],
  ['01: the message is dropped, its sender told', 0x4777, null, 1],
  ['10: it is passed over', 0x8777, [handle, handle], 0],
  ['11: it is passed over, its sender told', 0xc777, [handle, handle], 1],
] as const)('%s', (_, number, parameters, reported) => {
  const judged = judgeUnknown([handle, unknown(number), handle]);
  expect(judged).toEqual({ parameters, reported: Array(reported).fill(unknown(number)) });
});

it('those within others are judged, too', () => {
  const element = (...parameters: Parameter[]): Parameter => ({
    ...{ kind: 'poolElement', identifier: 1, registrar: 2, registrationLife: 3 },
    parameters,
  });
  expect(judgeUnknown([element(unknown(0xc777), handle)])).toEqual({
    parameters: [element(handle)],
    reported: [unknown(0xc777)],
  });
  expect(judgeUnknown([handle, element(handle, unknown(0x4777)), handle])).toEqual({
    parameters: null,
    reported: [unknown(0x4777)],
  });
});
