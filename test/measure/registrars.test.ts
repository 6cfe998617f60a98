/** Registrars among themselves and with those who ask them, on built messages and on lines that RSPLIB printed. */
import { describe, expect, it } from 'vitest';
import { RegistrarWire } from '../../harness/measure/enrp.js';
import type { FaultRecord } from '../../harness/measure/faults.js';
import { parseHoldings } from '../../harness/measure/holdings.js';
import type { AsapMessage, AsapType, Endpoint, EnrpMessage, EnrpType } from '../../harness/measure/packet.js';
import { parseRegistrarLog } from '../../harness/measure/registrar-logs.js';
import { Resolutions } from '../../harness/measure/resolutions.js';

const at = (host: string): Endpoint => ({ host, address: '10.1.0.1', port: 1 });
const delay = 0.01;
const carried = (from: string, to: string, sentAt: number) => ({
  ...{ from: at(from), to: at(to), association: 'a', sentAt, receivedAt: sentAt + delay, copies: 1 },
});
const enrp = (type: EnrpType, from: string, to: string, sentAt: number, target: string | null = null): EnrpMessage => ({
  ...carried(from, to, sentAt),
  ...{ protocol: 'enrp', type, sender: `id of ${from}`, target, removes: false, elements: [] },
});
const asap = (type: AsapType, from: string, to: string, sentAt: number): AsapMessage => ({
  ...carried(from, to, sentAt),
  ...{ protocol: 'asap', type, elements: [], cookie: null, length: 0 },
});

describe('on the wire', () => {
  it('a registrar that asks for a handle table disagrees with what it heard last', () => {
    const wire = new RegistrarWire(new Set(['pr1', 'pr2']));
    wire.enrp(enrp('presence', 'pr1', 'pr2', 1));
    wire.enrp(enrp('presence', 'pr2', 'pr1', 1.5));
    wire.enrp(enrp('presence', 'pr1', 'pr2', 2));
    wire.enrp(enrp('handleTableRequest', 'pr2', 'pr1', 2.02));
    wire.enrp(enrp('presence', 'pr1', 'pr2', 3));
    expect(wire.audits.map(({ registrar, at, agrees }) => [registrar, at, agrees])).toEqual([
      ['pr2', 1.01, true],
      ['pr1', 1.51, true],
      ['pr2', 2.01, false],
      ['pr2', 3.01, true],
    ]);
  });

  it('an announcement to everybody is audited by nobody in particular, but tells whose identifier it is', () => {
    const wire = new RegistrarWire(new Set(['pr1', 'pr2']));
    wire.enrp({ ...enrp('presence', 'pr1', '', 1), to: { ...at(''), host: null } });
    expect(wire.audits).toEqual([]);
    expect(wire.identifiers.get('id of pr1')).toBe('pr1');
  });

  it('an element’s home is who confirmed its registration last', () => {
    const wire = new RegistrarWire(new Set(['pr1', 'pr2']));
    wire.asap(asap('registrationResponse', 'pr1', 'pe1', 1));
    wire.asap(asap('registrationResponse', 'pr1', 'pe2', 1));
    wire.asap(asap('registrationResponse', 'pr1', 'pe1', 5));
    wire.asap(asap('registrationResponse', 'pr2', 'pe1', 9));
    expect(wire.homes.filter(({ element }) => element === 'pe1').map(({ at }) => at)).toEqual([1, 9]);
    expect(wire.elementsOf('pr1', 5)).toEqual(['pe1', 'pe2']);
    expect(wire.elementsOf('pr1', 10)).toEqual(['pe2']);
  });
});

describe('a handle resolution', () => {
  const fault = { id: 7, kind: 'isolate', host: 'pr1', injectedAt: 10, healedAt: 20 } as FaultRecord;
  const rowsOf = (...messages: AsapMessage[]) => {
    const resolutions = new Resolutions(new Set(['pu1', 'pu2']));
    for (const message of messages) resolutions.message(message);
    return resolutions.rows([fault]);
  };
  const asks = (user: string, registrar: string, time: number) => asap('handleResolution', user, registrar, time);
  const answers = (registrar: string, user: string, time: number) =>
    asap('handleResolutionResponse', registrar, user, time);

  it('takes as long as all its tries, and is answered by whoever did', () => {
    const [row] = rowsOf(asks('pu1', 'pr1', 11), asks('pu1', 'pr2', 14), answers('pr2', 'pu1', 14.02));
    expect(row).toMatchObject({ asked: 'pr1', askedAt: 11, tries: 2, answeredBy: 'pr2', faultId: 7 });
    expect(row!.delay).toBeCloseTo(3.03, 9);
  });

  it('that is never answered has no delay', () => {
    expect(rowsOf(asks('pu1', 'pr1', 11))).toMatchObject([{ tries: 1, answeredAt: null, delay: null, faultId: 7 }]);
  });

  it('belongs to the fault that was at work meanwhile, if only for its end', () => {
    const ids = (asked: number, answered: number) =>
      rowsOf(asks('pu1', 'pr1', asked), answers('pr1', 'pu1', answered)).map(({ faultId }) => faultId);
    expect(ids(9, 9.5)).toEqual([null]);
    expect(ids(9.99, 12)).toEqual([7]);
    expect(ids(19.99, 20.5)).toEqual([7]);
    expect(ids(20.5, 21)).toEqual([null]);
  });

  it('is told apart from those of others, and from the next', () => {
    const rows = rowsOf(
      ...[asks('pu1', 'pr1', 1), asks('pu2', 'pr1', 1.005), answers('pr1', 'pu2', 1.02), answers('pr1', 'pu1', 1.03)],
      ...[asks('pu1', 'pr1', 2), answers('pr1', 'pu1', 2.02)],
    );
    expect(rows.map(({ user, askedAt, tries }) => [user, askedAt, tries])).toEqual([
      ['pu1', 1, 1],
      ['pu2', 1.005, 1],
      ['pu1', 2, 1],
    ]);
  });
});

describe('a registrar’s log', () => {
  const epoch = Date.UTC(2026, 10, 23, 23, 27, 40) / 1e3;
  const log = `23-Nov-2026 23:27:47.7082: P772.40391b80@(none) ./src/rspregistrar-core.c:57 registrarBeginNormalOperation()
23-Nov-2026 23:27:47.7084: Initialization phase ended after ENRP mentor discovery timeout. The registrar is ready!
23-Nov-2026 23:28:00.1000: Peer $02000301 upd=1795475492687053 chsum=$00001379 flags=(static) LISTSYNC
        addrs: {10.1.0.3} 9901/SCTP not head since MaxTimeLastHeard=5000000us -> requesting immediate Presence
23-Nov-2026 23:28:05.5900: Peer $02000301 upd=1795475492687053 chsum=$00001379 flags=(static) LISTSYNC
        addrs: {10.1.0.3} 9901/SCTP did not answer in MaxTimeNoResponse=5000000us -> removing it
23-Nov-2026 23:28:05.5923: Initiating takeover of dead peer $02000301
23-Nov-2026 23:28:05.6036: Takeover of target $02000301 confirmed. Taking it over now.
23-Nov-2026 23:28:05.6075: Warning: Takeover of peer $02000301 completed
23-Nov-2026 23:28:11.0000: Warning: Takeover of peer $02000302 has expired, 0 outstanding acknowledgements:
`;

  it('tells when a peer was missed and taken over, but not of it that it did not answer', () => {
    const words = parseRegistrarLog(log, epoch).map(({ at, says, peer }) => [+(at - epoch).toFixed(3), says, peer]);
    expect(words).toEqual([
      [7.708, 'readyAlone', null],
      [20.1, 'misses', '0x02000301'],
      [25.592, 'begins', '0x02000301'],
      [25.608, 'takenOver', '0x02000301'],
      [31, 'expired', '0x02000302'],
    ]);
  });

  it('is read in whatever time zone it was written', () => {
    const elsewhere = log.replaceAll(' 23:', ' 01:').replaceAll('23-Nov', '24-Nov');
    expect(parseRegistrarLog(elsewhere, epoch)[0]!.at - epoch).toBeCloseTo(7.7084, 4);
  });
});

describe('a registrar’s statistics', () => {
  const line = (time: number, peers: number, elements: number, own: number) =>
    `000013 ${time.toFixed(6)} 6.035047   0.000000 0.000000 0.000000   ${peers} 1 ${elements} ${own}   0 0 0 0 0 0 2 0\n`;
  const head = 'AbsTime RelTime Runtime UserTime SystemTime   Peers Pools PoolElements OwnedPoolElements   …\n';

  it('become a row for as long as nothing changes', () => {
    const text = head + line(100, 2, 0, 0) + line(100.5, 2, 3, 0) + line(101, 2, 3, 0) + line(101.5, 2, 3, 3);
    expect(parseHoldings('pr2', `${text}000017 1021`, 90)).toEqual([
      { registrar: 'pr2', from: 10, to: 10, peers: 2, elements: 0, ownElements: 0 },
      { registrar: 'pr2', from: 10.5, to: 11, peers: 2, elements: 3, ownElements: 0 },
      { registrar: 'pr2', from: 11.5, to: 11.5, peers: 2, elements: 3, ownElements: 3 },
    ]);
  });

  it('of a registrar that died at once are none', () => {
    expect(parseHoldings('pr2', '', 90)).toEqual([]);
    expect(parseHoldings('pr2', head, 90)).toEqual([]);
  });
});
