import { expect, it } from 'vitest';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { attacker, experiment, exponential, poolElement, poolUser, registrar, s } from '../../harness/index.js';
import { failoversOf } from '../../harness/measure/failovers.js';
import { Observation } from '../../harness/measure/observation.js';
import type { AsapType, CalcAppType, Chunk, ControlKind, Message, Packet } from '../../harness/measure/packet.js';
import { attacked } from '../../topologies/attacked.js';

const plan = resolvePlan(
  experiment({
    name: 'under-attack',
    topology: attacked({ elements: 2, users: 1 }),
    deploy: () => ({
      registrars: registrar(),
      elements: poolElement(),
      users: poolUser({ requestInterval: exponential(s(1)) }),
      attackers: attacker({ attack: 'registrationFlood', rate: 1 }),
    }),
    phases: { measure: s(60) },
  }),
);

/** Feeds what passes by on the networks, each packet in 10 ms. */
class Wire {
  readonly observation = new Observation(plan, []);

  asap(time: number, from: string, to: string, type: AsapType, elements: string[] = []): void {
    this.#data(time, from, to, { protocol: 'asap', type, elements, cookie: null, length: 28 });
  }

  calcApp(time: number, from: string, to: string, type: CalcAppType): void {
    this.#data(time, from, to, { protocol: 'calcApp', type, job: 1, size: 1000, completed: 0 });
  }

  control(time: number, from: string, to: string, kind: ControlKind): void {
    this.#packet(time, from, to, { kind, tsn: null });
  }

  /** pu1 asks, is sent to a host, connects and asks it to serve. */
  turnsTo(time: number, element: string): void {
    this.asap(time, 'pu1', 'pr1', 'handleResolution');
    this.asap(time + 0.01, 'pr1', 'pu1', 'handleResolutionResponse', [element]);
    this.control(time + 0.02, 'pu1', element, 'init');
    this.control(time + 0.03, element, 'pu1', 'cookieAck');
    this.calcApp(time + 0.04, 'pu1', element, 'request');
  }

  failovers() {
    return this.observation.jobsOf('pu1').flatMap((job) => failoversOf(job, 1, [], () => null).rows);
  }

  #data(sentAt: number, from: string, to: string, content: object): void {
    const times = { ...between(from, to), sentAt, receivedAt: sentAt + 0.01 };
    this.#packet(sentAt, from, to, {
      ...{ kind: 'data', tsn: 1, retransmission: false },
      message: { ...content, ...times, copies: 1 } as Message,
    });
  }

  #packet(sentAt: number, from: string, to: string, chunk: Chunk): void {
    const packet: Packet = {
      ...{ sentAt, receivedAt: sentAt + 0.01, network: 'red', transport: 'sctp', length: 100, sliced: false },
      ...between(from, to),
      chunks: [chunk],
    };
    this.observation.packet(packet);
  }
}

const at = (host: string) => ({ host, address: host, port: 1 });
const between = (a: string, b: string) => ({ from: at(a), to: at(b), association: [a, b].sort().join('-') });

it('what an attacker reports is no user’s detection, whichever element it is about', () => {
  const wire = new Wire();
  wire.turnsTo(1, 'pe1');
  wire.calcApp(1.05, 'pe1', 'pu1', 'accept');
  for (const time of [1.1, 1.2, 1.3]) wire.asap(time, 'at1', 'pr1', 'endpointUnreachable', ['0x01000201']);
  wire.asap(1.4, 'at1', 'pr1', 'handleResolution');
  wire.asap(1.5, 'pr1', 'at1', 'handleResolutionResponse', ['0x01000301']);
  wire.calcApp(2, 'pe1', 'pu1', 'complete');
  expect(wire.observation.jobsOf('pu1')).toMatchObject([{ attempts: [{ element: 'pe1' }], complete: { sentAt: 2 } }]);
  expect(wire.failovers()).toEqual([]);
});

it('an element that an attacker made up is given up like others, and no fault explains it', () => {
  const wire = new Wire();
  wire.turnsTo(1, 'at1');
  wire.asap(2.05, 'pu1', 'pr1', 'endpointUnreachable', ['0xa0002710']);
  wire.turnsTo(2.06, 'pe1');
  wire.calcApp(2.11, 'pe1', 'pu1', 'accept');
  expect(wire.failovers()).toMatchObject([
    { oldElement: 'at1', newElement: 'pe1', phase: 'starting', faultId: null, detectedAt: 2.05, delay: null },
  ]);
});
