import { describe, expect, it } from 'vitest';
import { RoundTrips } from '../../harness/measure/keep-alives.js';
import type { Message } from '../../harness/measure/packet.js';
import { measureRecording } from './recordings.js';

describe('wire statistics', () => {
  it('count messages, cookies and keep-alives of a quiet run', async () => {
    const wire = (await measureRecording('quiet')).wire!;
    expect(wire.cookies.sent).toBe(wire.messages['asap.cookie']);
    // Header of 4 bytes, parameter header of 4 bytes, CalcApp's cookie of 20.
    expect(wire.cookies.bytes).toBe(28 * wire.cookies.sent);
    expect(wire.cookies.echoed).toBe(0);
    const { endpoint } = wire.keepAlives;
    expect(endpoint.answered).toBe(endpoint.sent);
    // Two one-way delays of 10 ms, and little else.
    expect(endpoint.roundTrip.p50).toBeGreaterThan(0.02);
    expect(endpoint.roundTrip.p50).toBeLessThan(0.025);
    expect(wire.associations).toMatchObject({ failed: 0, aborted: 0 });
    expect(wire.retransmissions).toEqual({});
  });

  it('give the registrar’s load by type of message', async () => {
    const wire = (await measureRecording('quiet')).wire!;
    const [load] = wire.registrars;
    const seconds = wire.to! - wire.from!;
    expect(load!.host).toBe('pr1');
    expect(load!.perSecond['asap.handleResolution']! * seconds).toBeCloseTo(wire.messages['asap.handleResolution']!, 6);
    expect(load!.perSecond['calcApp.request']).toBeUndefined();
  });

  it('know who entered the handlespace and how it left', async () => {
    const left = async (name: string) =>
      (await measureRecording(name)).wire!.registrations.map(({ host, removedBy }) => [host, removedBy]);
    expect(await left('quiet')).toEqual([
      ['pe1', null],
      ['pe2', null],
      ['pe3', null],
    ]);
    expect(await left('shutdown')).toContainEqual(['pe3', 'deregistration']);
    expect(await left('power-off-sender')).toContainEqual(['pe3', 'registrar']);
  });

  it('count what a silent element costs: keep-alives, retransmissions, associations that never came up', async () => {
    const wire = (await measureRecording('two-elements')).wire!;
    expect(wire.keepAlives.session.answered).toBeLessThan(wire.keepAlives.session.sent);
    expect(Object.values(wire.retransmissions).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
    // One user was sent to the second dead element.
    expect(wire.associations.failed).toBe(1);
    expect(wire.messages['asap.endpointUnreachable']).toBe(4);
  });
});

describe('session keep-alives one by one', () => {
  it('are those that are counted, in order of time, with their answers', async () => {
    const { keepAlives, wire } = await measureRecording('two-elements');
    const { session, reverseSession } = wire!.keepAlives;
    const byUser = keepAlives!.filter(({ from }) => from.startsWith('pu'));
    expect([byUser.length, keepAlives!.length]).toEqual([session.sent, session.sent + reverseSession.sent]);
    const answered = keepAlives!.filter(({ answeredAt }) => answeredAt !== null);
    expect(answered).toHaveLength(session.answered + reverseSession.answered);
    for (const { sentAt, answeredAt } of answered) expect(answeredAt! - sentAt).toBeGreaterThan(0.02);
    expect(keepAlives).toEqual(keepAlives!.toSorted((a, b) => a.sentAt - b.sentAt));
  });

  it('stay without an answer where an element is silent, about a second before its user gives it up', async () => {
    const { keepAlives, failovers } = await measureRecording('two-elements');
    expect(failovers).toHaveLength(3);
    for (const { user, oldElement, faultAt, detectedAt } of failovers) {
      const silent = keepAlives!.filter(
        ({ from, to, sentAt }) => from === user && to === oldElement && sentAt > faultAt!,
      );
      expect(silent).toEqual([expect.objectContaining({ answeredAt: null })]);
      expect(detectedAt! - silent[0]!.sentAt).toBeCloseTo(1, 1);
    }
  });

  it('were answered by the first copy of the last answer, because what is sent again goes to a host that is gone', () => {
    const trips = new RoundTrips(9);
    const message = (sentAt: number) =>
      ({ from: { host: 'pe1' }, to: { host: 'pu1' }, association: 'a', sentAt, receivedAt: sentAt + 0.1 }) as Message;
    for (const time of [1, 2]) {
      const answer = message(time + 0.1);
      trips.asked(message(time));
      trips.answered(answer);
      answer.receivedAt += 5;
    }
    trips.over('a');
    expect(trips.rows().map(({ sentAt, answeredAt }) => [sentAt, answeredAt])).toEqual([
      [1, 6.2],
      [2, 2.2],
    ]);
  });

  it('are cut where there are too many, but not those without an answer', () => {
    const trips = new RoundTrips(2);
    const message = (sentAt: number) =>
      ({ from: { host: 'pu1' }, to: { host: 'pe1' }, association: 'a', sentAt, receivedAt: sentAt + 0.1 }) as Message;
    for (const time of [1, 2, 3]) {
      trips.asked(message(time));
      trips.answered(message(time + 0.1));
    }
    trips.asked(message(4));
    trips.asked(message(5));
    expect(trips.rows().map(({ sentAt, answeredAt }) => [sentAt, answeredAt])).toEqual([
      [1, 1.2],
      [2, 2.2],
      [4, null],
      [5, null],
    ]);
    expect(trips.unlisted).toBe(1);
    expect(trips.result()).toMatchObject({ sent: 5, answered: 3 });
  });
});
