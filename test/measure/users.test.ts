import { describe, expect, it } from 'vitest';
import { failoversOf } from '../../harness/measure/failovers.js';
import type { Chunk, ControlKind, Endpoint, Message, Packet } from '../../harness/measure/packet.js';
import { matchRequests, requestRow, type TimedVectorRow } from '../../harness/measure/requests.js';
import { Served } from '../../harness/measure/served.js';
import { UserTracker } from '../../harness/measure/users.js';

const at = (host: string): Endpoint => ({ host, address: host, port: 1 });

/** Tells a user's story packet by packet; every packet takes 10 ms. */
class Story {
  readonly tracker: UserTracker;

  /** @param rows what the user says it had completed; null where it says nothing */
  constructor(private readonly rows: readonly TimedVectorRow[] | null = null) {
    const events = { accepted: () => {}, completed: () => {}, givenUp: () => {} };
    this.tracker = new UserTracker('pu1', (host) => host.startsWith('pe'), events, rows && new Served(rows));
  }

  asks = (time: number) => this.#asap(time, 'pu1', 'pr1', 'handleResolution');
  isTold = (time: number) => this.#asap(time, 'pr1', 'pu1', 'handleResolutionResponse');
  reports = (time: number) => this.#asap(time, 'pu1', 'pr1', 'endpointUnreachable');
  inits = (time: number, element: string) => this.#control(time, 'pu1', element, 'init');
  isUp = (time: number, element: string) => this.#control(time, element, 'pu1', 'cookieAck');
  requests = (time: number, element: string, job: number) => this.#calcApp(time, 'pu1', element, 'request', job);
  accepts = (time: number, element: string, job: number) => this.#calcApp(time, element, 'pu1', 'accept', job);
  rejects = (time: number, element: string, job: number) => this.#calcApp(time, element, 'pu1', 'reject', job);
  completes = (time: number, element: string, job: number) => this.#calcApp(time, element, 'pu1', 'complete', job);

  /** From the question to the request: 80 ms in reality, 50 ms here. */
  turnsTo(time: number, element: string, job: number): void {
    this.asks(time);
    this.isTold(time + 0.01);
    this.inits(time + 0.02, element);
    this.isUp(time + 0.03, element);
    this.requests(time + 0.04, element, job);
  }

  requestRows() {
    return matchRequests('pu1', this.tracker.jobs, this.rows ?? []).map((known) => requestRow(known, 0));
  }

  failovers() {
    return matchRequests('pu1', this.tracker.jobs, []).flatMap(
      ({ job, id }) => failoversOf(job!, id, [], () => null).rows,
    );
  }

  #asap(
    time: number,
    from: string,
    to: string,
    type: 'handleResolution' | 'handleResolutionResponse' | 'endpointUnreachable',
  ) {
    this.#data(time, from, to, { protocol: 'asap', type, elements: [], cookie: null, length: 8 });
  }

  #calcApp(time: number, from: string, to: string, type: 'request' | 'accept' | 'reject' | 'complete', job: number) {
    this.#data(time, from, to, { protocol: 'calcApp', type, job, size: 1000, completed: 0 });
  }

  #data(time: number, from: string, to: string, content: object): void {
    const times = { from: at(from), to: at(to), association: pair(from, to), sentAt: time, receivedAt: time + 0.01 };
    const message = { ...content, ...times, copies: 1 } as Message;
    this.#packet(time, from, to, { kind: 'data', tsn: 1, message, retransmission: false });
  }

  #control(time: number, from: string, to: string, kind: ControlKind): void {
    this.#packet(time, from, to, { kind, tsn: null });
  }

  #packet(sentAt: number, from: string, to: string, chunk: Chunk): void {
    const packet: Packet = {
      sentAt,
      receivedAt: sentAt + 0.01,
      network: 'red',
      from: at(from),
      to: at(to),
      transport: 'sctp',
      association: pair(from, to),
      chunks: [chunk],
      length: 100,
      sliced: false,
    };
    this.tracker.packet(packet);
  }
}

const pair = (a: string, b: string): string => [a, b].sort().join('-');

describe('a user’s story', () => {
  it('is one request after another', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.completes(3, 'pe1', 1);
    story.turnsTo(4, 'pe2', 2);
    story.accepts(4.05, 'pe2', 2);
    expect(story.requestRows()).toMatchObject([
      { id: 1, state: 'completed', startedAt: 1, acceptedAt: 1.06, completedAt: 3.01, element: 'pe1', size: 1000 },
      { id: 2, state: 'open', startedAt: 4, acceptedAt: 4.06, completedAt: null, element: 'pe2' },
    ]);
    expect(story.failovers()).toEqual([]);
  });

  it('has no failover where an element rejects', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.rejects(1.05, 'pe1', 1);
    story.turnsTo(2, 'pe2', 1);
    story.accepts(2.05, 'pe2', 1);
    expect(story.requestRows()).toMatchObject([{ id: 1, acceptedAt: expect.closeTo(2.06, 9), element: 'pe2' }]);
    expect(story.failovers()).toEqual([]);
  });

  it('has a failover from the report or, without one, from the next handle resolution', () => {
    for (const reported of [true, false]) {
      const story = new Story();
      story.turnsTo(1, 'pe1', 1);
      story.accepts(1.05, 'pe1', 1);
      if (reported) story.reports(4.9);
      story.turnsTo(5, 'pe2', 1);
      story.accepts(5.5, 'pe2', 1);
      const detectedAt = reported ? 4.9 : 5;
      expect(story.failovers()).toMatchObject([
        { oldElement: 'pe1', newElement: 'pe2', phase: 'running', detectedAt, selectedAt: 5.02, resumedAt: 5.51 },
      ]);
    }
  });

  it('has one stall, not two, when the next element is dead too', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.asks(5);
    story.isTold(5.01);
    story.inits(5.02, 'pe3');
    story.reports(10);
    story.turnsTo(10.1, 'pe2', 1);
    story.accepts(10.2, 'pe2', 1);
    expect(story.failovers()).toMatchObject([
      { oldElement: 'pe1', newElement: 'pe2', detectedAt: 5, selectedAt: 10.12 },
    ]);
  });

  it('has two failovers when the request was resumed in between', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.turnsTo(5, 'pe2', 1);
    story.accepts(5.05, 'pe2', 1);
    story.turnsTo(9, 'pe3', 1);
    story.accepts(9.05, 'pe3', 1);
    expect(story.failovers().map(({ oldElement, newElement }) => [oldElement, newElement])).toEqual([
      ['pe1', 'pe2'],
      ['pe2', 'pe3'],
    ]);
  });

  it('does not believe an element that was given up', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.turnsTo(5, 'pe2', 1);
    story.completes(5.04, 'pe1', 1);
    expect(story.requestRows()).toMatchObject([{ id: 1, state: 'open' }]);
    expect(story.failovers()).toMatchObject([{ oldElement: 'pe1', newElement: null, resumedAt: null, delay: null }]);
  });

  it('does not take for the next element what was lost on its way to the one before', () => {
    const story = new Story();
    story.asks(1);
    story.isTold(1.01);
    story.inits(1.02, 'pe1');
    story.isUp(1.03, 'pe1');
    story.asks(3);
    story.isTold(3.01);
    // The request to pe1, lost before, is sent again; pe1 accepts, to nobody.
    story.requests(3.015, 'pe1', 1);
    story.inits(3.02, 'pe2');
    story.accepts(3.025, 'pe1', 1);
    story.isUp(3.03, 'pe2');
    story.requests(3.04, 'pe2', 1);
    story.accepts(3.05, 'pe2', 1);
    expect(story.tracker.jobs[0]!.attempts).toMatchObject([
      { element: 'pe1', accept: null },
      { element: 'pe2', accept: { sentAt: 3.05 } },
    ]);
    expect(story.failovers()).toMatchObject([{ phase: 'starting', oldElement: 'pe1', newElement: 'pe2' }]);
  });

  it('does not end with a completion that its user had given up to wait for', () => {
    const [acceptedAt, completedAt] = [6.061, 9.001];
    const story = new Story([{ id: 1, size: 1000, queuedAt: 1, startedAt: 1, acceptedAt, completedAt }]);
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.reports(6);
    // It reaches the user's host before the user turns to another element, and is one no more.
    story.completes(6.005, 'pe1', 1);
    story.turnsTo(6.01, 'pe2', 1);
    story.accepts(6.06, 'pe2', 1);
    story.completes(9, 'pe2', 1);
    expect(story.requestRows()).toMatchObject([{ id: 1, state: 'completed', completedAt: 9.01, element: 'pe2' }]);
    expect(story.failovers()).toMatchObject([{ oldElement: 'pe1', newElement: 'pe2', detectedAt: 6 }]);
  });

  it('stays with its element while its kernel still tries one that was out of reach before', () => {
    const story = new Story();
    story.asks(1);
    story.isTold(1.01);
    story.reports(6);
    story.turnsTo(6.01, 'pe2', 1);
    story.accepts(6.06, 'pe2', 1);
    story.inits(7, 'pe1');
    story.completes(9, 'pe2', 1);
    expect(story.requestRows()).toMatchObject([{ id: 1, state: 'completed', element: 'pe2' }]);
    const [first, second] = story.tracker.jobs[0]!.attempts;
    expect([first!.element, second!.element]).toEqual(['pe1', 'pe2']);
    expect(second!.association).toBe(second!.accept!.association);
  });

  it('asks again when no answer came, and that is no failover', () => {
    const story = new Story();
    story.asks(1);
    story.asks(3);
    story.turnsTo(5, 'pe1', 1);
    story.accepts(5.05, 'pe1', 1);
    expect(story.requestRows()).toMatchObject([{ id: 1, startedAt: 1 }]);
    expect(story.failovers()).toEqual([]);
  });

  it('ends open after a report that nothing followed', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.reports(4);
    story.tracker.finish();
    expect(story.failovers()).toMatchObject([{ oldElement: 'pe1', newElement: null, detectedAt: 4 }]);
  });

  it('counts a request that never reached an element as the next one', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.completes(2, 'pe1', 1);
    story.asks(3);
    story.isTold(3.01);
    story.inits(3.02, 'pe1');
    expect(story.requestRows()).toMatchObject([{ id: 1 }, { id: 2, state: 'open', size: null, acceptedAt: null }]);
  });

  it('calls a request lost that its user dropped for another, or died with', () => {
    const story = new Story();
    story.turnsTo(1, 'pe1', 1);
    story.accepts(1.05, 'pe1', 1);
    story.turnsTo(5, 'pe2', 2);
    story.accepts(5.05, 'pe2', 2);
    story.tracker.ended();
    expect(story.requestRows()).toMatchObject([
      { id: 1, state: 'lost', element: 'pe1' },
      { id: 2, state: 'lost', startedAt: 5, acceptedAt: 5.06, element: 'pe2' },
    ]);
  });
});
