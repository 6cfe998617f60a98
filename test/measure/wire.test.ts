import { describe, expect, it } from 'vitest';
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
