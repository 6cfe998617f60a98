/** The order of a run, and what is left when something breaks, on a lab and a pool of paper in virtual time. */
import { beforeEach, describe, expect, it } from 'vitest';
import { interrupted, labBroken } from '../../harness/base/errors.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { all, at, every, kill, mtbf, named, s } from '../../harness/index.js';
import type { Lab, LabHost } from '../../harness/lab/lab.js';
import type { PoolContext, PoolDriver } from '../../harness/pool/pool.js';
import type { JournalEvent } from '../../harness/result/journal.js';
import { collect } from '../../harness/run/collect.js';
import { readJournal } from '../../harness/run/journal.js';
import { perform } from '../../harness/run/perform.js';
import { temporaryFolder } from '../temporary.js';
import { VirtualClock } from '../virtual-clock.js';
import { smallPlan } from './plan.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

interface Play {
  plan?: Plan;
  /** Breaks the step of this name. */
  breaks?: string;
  /** Called at the beginning of every step, with the means to interfere. */
  during?: (step: string, means: { context: PoolContext | undefined; stop: AbortController }) => void;
  troubles?: string[];
  dropped?: number;
}

async function play({ plan = smallPlan(), breaks, during, troubles = [], dropped = 0 }: Play) {
  const clock = new VirtualClock(5000);
  const stop = new AbortController();
  const history: string[] = [];
  const struck = new Set<string>();
  let isOpen = false;
  let running = false;
  let context: PoolContext | undefined;
  const step = async (name: string) => {
    history.push(`${Number((clock.now() - 5000).toFixed(3))} ${name}`);
    during?.(name, { context, stop });
    if (name === breaks) throw labBroken(`${name} broke`);
  };
  const lab: Lab = {
    name: 'paper',
    faults: ['kill'],
    async open() {
      await step('open');
      isOpen = true;
      const hosts = plan.hosts.map(({ name }) => [
        name,
        { name, addresses: [`address of ${name}`] } as unknown as LabHost,
      ]);
      return {
        name: 'paper',
        kernel: '0.0',
        hosts: new Map(hosts as [string, LabHost][]),
        notes: [],
        async stopCapture() {
          await step('stop capture');
          return { file: '', captured: 100, dropped };
        },
        troubles: async () => troubles,
        async close() {
          isOpen = false;
          await step('close');
        },
      };
    },
  };
  const driver: PoolDriver = {
    checkPlan: () => {},
    deploy(_plan, _lab, given) {
      context = given;
      running = true;
      return {
        startRegistrars: () => step('start registrars'),
        startElements: () => step('start elements'),
        startUsers: () => step('start users'),
        async inject({ host }) {
          struck.add(host);
          await step(`inject ${host}`);
          return { injectedAt: clock.now(), evidence: 'seen' };
        },
        async heal({ host }) {
          await step(`heal ${host}`);
          struck.delete(host);
        },
        sessions: async () => ({}),
        busy: async () => [],
        async stop() {
          running = false;
          await step('stop pool');
        },
      };
    },
  };
  const events: JournalEvent[] = [];
  const onEvent = (event: JournalEvent) => void events.push(event);
  const ended = await perform({ plan, lab, driver, folder, session: 'abc123', clock, signal: stop.signal, onEvent });
  const broken = events.flatMap((event) => (event.event === 'broken' ? [event.reason] : []));
  return { ended, history, struck, isOpen, running, events, broken };
}

const steps = (history: readonly string[]) => history.map((line) => line.replace(/^\S+ /, ''));
const faulty = smallPlan({
  faults: [at(s(2), kill(all('elements'))), every(s(4), kill(named('pr1')), { lasting: s(1) })],
});

describe('a run', () => {
  it('opens, deploys in order, settles, warms up, measures while faults strike, drains, heals, and closes', async () => {
    const { ended, history, events, struck } = await play({ plan: faulty });
    // 5 s settling, 10 s each of warm-up, measurement and drain.
    expect(history).toEqual([
      '0 open',
      '0 start registrars',
      '0 start elements',
      '5 start users',
      '17 inject pe1',
      '17 inject pe2',
      '19 inject pr1',
      '20 heal pr1',
      '23 inject pr1',
      '24 heal pr1',
      '35 heal pe1',
      '35 heal pe2',
      '35 stop pool',
      '35 stop capture',
      '35 stop pool',
      '35 close',
    ]);
    expect(ended).toBe(true);
    expect(struck).toEqual(new Set());
    const phases = events.flatMap((event) => (event.event === 'phase' ? [`${event.time} ${event.phase}`] : []));
    expect(phases).toEqual([
      '0 open',
      '0 deploy',
      '0 settle',
      '5 warmUp',
      '15 measure',
      '25 drain',
      '35 collect',
      '35 end',
    ]);
    expect(readJournal(folder)).toEqual(events);
  });

  it('journals each fault with intended and actual time, evidence and addresses, and its heal', async () => {
    const { events } = await play({ plan: smallPlan({ faults: [at(s(2), kill(named('pe1')), { lasting: s(1) })] }) });
    const faults = events.filter(({ event }) => event.startsWith('fault'));
    const addresses = ['address of pe1'];
    expect(faults).toEqual([
      {
        time: 17,
        event: 'faultInjected',
        id: 1,
        kind: 'kill',
        host: 'pe1',
        network: null,
        intendedAt: 17,
        injectedAt: 17,
        evidence: 'seen',
        addresses,
      },
      { time: 18, event: 'faultHealed', id: 1, host: 'pe1', healedAt: 18, addresses },
    ]);
  });

  it('has no new fault in the drain, however its clocks tick', async () => {
    const { history, events } = await play({ plan: smallPlan({ faults: [mtbf(s(0.5), kill(named('pe1')))] }) });
    const drain = events.find((event) => event.event === 'phase' && event.phase === 'drain')!.time;
    const injections = history.filter((line) => line.includes('inject')).map((line) => Number.parseFloat(line));
    expect(injections.length).toBeGreaterThan(10);
    expect(Math.max(...injections)).toBeLessThanOrEqual(drain);
  });
});

describe('when something breaks', () => {
  it.each([
    'open',
    'start registrars',
    'start elements',
    'start users',
    'inject pe1',
    'heal pr1',
    'heal pe2',
    'stop pool',
    'stop capture',
    'close',
  ])('at “%s”, everything is healed and closed all the same, and the journal says what broke', async (breaks) => {
    const { ended, history, struck, isOpen, running, broken, events } = await play({ plan: faulty, breaks });
    expect(ended).toBe(false);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain(`${breaks} broke`);
    expect(events.at(-1)).toMatchObject({ event: 'phase', phase: 'end' });
    expect([isOpen, running]).toEqual([false, false]);
    // What could be healed was healed, whatever else failed.
    const unhealable = breaks.startsWith('heal') ? [breaks.slice(5)] : [];
    expect([...struck].filter((host) => !unhealable.includes(host))).toEqual([]);
    if (breaks === 'open') expect(steps(history)).toEqual(['open']);
    else expect(steps(history).at(-1)).toBe('close');
  });

  it('with a component, the run ends then and there, and is unknown with its last words', async () => {
    const reason = 'pe1 (rspserver) ended unexpectedly with SIGSEGV: last | words';
    const { ended, history, broken } = await play({
      plan: faulty,
      during: (step, { context }) => {
        if (step === 'inject pr1') context!.broken(reason);
      },
    });
    expect(ended).toBe(false);
    expect(broken).toEqual([reason]);
    expect(history.filter((line) => Number.parseFloat(line) > 19)).toEqual([]);
    expect((await collect(faulty, folder)).reasons).toContain(reason);
  });

  it('because of Ctrl-C, the run ends in good order and is unknown', async () => {
    const { ended, history, broken, struck } = await play({
      plan: faulty,
      during: (step, { stop }) => {
        if (step === 'inject pr1') stop.abort(interrupted('The run was ended by SIGINT'));
      },
    });
    expect(ended).toBe(false);
    expect(broken).toEqual(['The run was ended by SIGINT']);
    expect(struck).toEqual(new Set());
    expect(steps(history).slice(-2)).toEqual(['stop pool', 'close']);
  });

  it('with the emulation, the run comes to its end and is unknown', async () => {
    const troubled = await play({ troubles: ['the emulated network dropped 3 packets towards pe1-red'] });
    expect(troubled.broken).toEqual(['the emulated network dropped 3 packets towards pe1-red']);
    expect(steps(troubled.history)).toContain('stop capture');
    expect((await play({ dropped: 2 })).broken).toEqual(['the capture missed 2 of 102 packets']);
  });
});
