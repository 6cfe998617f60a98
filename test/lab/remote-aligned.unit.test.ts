/** Hosts' clocks held against each other by what the hosts said to each other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignClocks, type Dialogue } from '../../harness/lab/remote/aligned-clocks.js';
import type { ClockReading } from '../../harness/lab/remote/clocks.js';
import { dialogueFields, dialoguesIn } from '../../harness/lab/remote/dialogues.js';

const hosts = ['a', 'b', 'c', 'd'];
const epoch = 1.8e9;
const amount = (most: number) => fc.double({ min: 0, max: most, noNaN: true });
const host = fc.constantFrom(...hosts);

/** Clocks that are off by something, known not too well, and dialogues that take a way and some time. */
const worlds = fc.record({
  offsets: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 4, maxLength: 4 }),
  errors: fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 4, maxLength: 4 }),
  talks: fc.array(
    fc.record({
      asks: host,
      answers: host,
      at: amount(100),
      way: amount(0.03),
      queue: amount(0.01),
      work: amount(0.2),
    }),
    { maxLength: 40 },
  ),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

function played({ offsets, errors, talks }: World) {
  const offsetOf = (name: string) => offsets[hosts.indexOf(name)]!;
  const known = new Map(
    hosts.map((name, at): [string, ClockReading] => [name, { offset: offsets[at]! + errors[at]!, uncertainty: 0.05 }]),
  );
  const dialogues = talks
    .filter(({ asks, answers }) => asks !== answers)
    .map(({ asks, answers, at, way, queue, work }): Dialogue => {
      const [sent, answered] = [epoch + at, epoch + at + way + queue + work];
      return { asks, answers, askedAt: sent + offsetOf(asks), answeredAt: answered + offsetOf(answers), way };
    });
  return { known, dialogues, offsetOf };
}

describe('hosts’ clocks', () => {
  it('are aligned so that no answer is sent before its question has arrived, and as close as is told', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { known, dialogues, offsetOf } = played(world);
        const aligned = alignClocks(known, dialogues)!;
        for (const { asks, answers, askedAt, answeredAt, way } of dialogues) {
          const [asked, answered] = [askedAt - aligned.get(asks)!.offset, answeredAt - aligned.get(answers)!.offset];
          expect(answered).toBeGreaterThanOrEqual(asked + way - 1e-5);
        }
        for (const [name, { offset, uncertainty, among }] of aligned) {
          expect(Math.abs(offset - offsetOf(name))).toBeLessThanOrEqual(2 * uncertainty + 1e-5);
          expect(uncertainty).toBeLessThanOrEqual(0.05 + 1e-5);
          for (const other of hosts) {
            const error = offset - aligned.get(other)!.offset - (offsetOf(name) - offsetOf(other));
            expect(Math.abs(error)).toBeLessThanOrEqual(2 * among + 1e-5);
          }
        }
      }),
    );
  });

  it('are known to each other to the time that an answer takes, though to us by far not so well', () => {
    const known = new Map(['a', 'b'].map((name): [string, ClockReading] => [name, { offset: 0, uncertainty: 0.05 }]));
    // b is 20 ms ahead; the way takes 10 ms, and an answer 1 ms.
    const dialogues = [
      { asks: 'a', answers: 'b', askedAt: 0, answeredAt: 0.031, way: 0.01 },
      { asks: 'b', answers: 'a', askedAt: 0.02, answeredAt: 0.011, way: 0.01 },
    ];
    const aligned = alignClocks(known, dialogues)!;
    expect(aligned.get('b')!.offset - aligned.get('a')!.offset).toBeCloseTo(0.02, 5);
    expect(aligned.get('a')!.among).toBeCloseTo(0.001, 5);
    expect(aligned.get('a')!.uncertainty).toBeGreaterThan(0.03);
  });

  it('that contradict each other were set meanwhile: nothing is said', () => {
    const known = new Map(['a', 'b'].map((name): [string, ClockReading] => [name, { offset: 0, uncertainty: 0.01 }]));
    expect(alignClocks(known, [{ asks: 'a', answers: 'b', askedAt: 1, answeredAt: 0.9, way: 0 }])).toBeNull();
  });
});

describe('dialogues in captures', () => {
  const [a, b] = ['10.0.0.1', '10.0.0.2'];
  const ports = { [a]: '5000', [b]: '3863' } as Record<string, string>;
  /** A packet as tshark tells it. */
  const packet = (time: number, from: string, to: string, said: Partial<Record<string, string>>) =>
    dialogueFields
      .map((field) => {
        const basic = { 'frame.time_epoch': String(time), 'ip.src': from, 'ip.dst': to };
        const port = { 'sctp.srcport': ports[from]!, 'sctp.dstport': ports[to]! };
        return { ...basic, ...port, ...said }[field] ?? '';
      })
      .join('\t');
  const chunk = (types: string, rest: Partial<Record<string, string>> = {}) => ({ 'sctp.chunk_type': types, ...rest });
  const options = {
    hostOf: (address: string) => ({ [a]: 'a', [b]: 'b' })[address],
    wayBetween: () => 0.01,
  };

  it.each([
    ['INIT', chunk('1', { 'sctp.initiate_tag': '0x7' }), chunk('2', { 'sctp.verification_tag': '0x7' })],
    ['COOKIE ECHO', chunk('10'), chunk('11')],
    ['SHUTDOWN', chunk('7'), chunk('8')],
    [
      'HEARTBEAT',
      chunk('4', { 'sctp.parameter_heartbeat_information': '0a0b' }),
      chunk('5', { 'sctp.parameter_heartbeat_information': '0a0b' }),
    ],
    [
      'DATA beside another',
      chunk('0,0', { 'sctp.data_tsn_raw': '41,42' }),
      chunk('3,0', { 'sctp.sack_cumulative_tsn_ack_raw': '42', 'sctp.data_tsn_raw': '9' }),
    ],
  ])('are found: %s', (_, question, answer) => {
    const lines = [packet(100, a, b, question), packet(100.5, a, b, question), packet(90.5, b, a, answer)];
    // Sent again, it may have been the first that was answered.
    expect(dialoguesIn(lines, options)).toEqual([
      { asks: 'a', answers: 'b', askedAt: 100, answeredAt: 90.5, way: 0.01 },
    ]);
  });

  it('are none with strangers, without an answer, or by another association', () => {
    const stranger = packet(1, '10.9.9.9', b, chunk('10'));
    const other = packet(1, a, b, chunk('4', { 'sctp.parameter_heartbeat_information': '01' }));
    const answer = packet(2, b, a, chunk('5', { 'sctp.parameter_heartbeat_information': '02' }));
    expect(dialoguesIn([stranger, other, answer, ''], options)).toEqual([]);
  });
});
