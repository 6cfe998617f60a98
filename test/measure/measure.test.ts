import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolEnvironment } from '../../harness/base/tools.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { measure } from '../../harness/measure/measure.js';
import { stagesOf } from '../../harness/measure/stages.js';
import type { JournalEvent } from '../../harness/result/journal.js';
import { captureOf, journalOf, measureRecording, recordingPlan, rsplibFile, vectorsOf } from './recordings.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rsplab-measure-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the reference capture', () => {
  // Two elements and a user, netem on the hosts' own side: a frame is seen as it reaches its receiver.
  const base = recordingPlan({ elements: 2, users: 1 });
  const last: Record<string, number> = { pr1: 10, pe1: 21, pe2: 22, pu1: 31 };
  const plan: Plan = {
    ...base,
    hosts: base.hosts.map((host) => ({
      ...host,
      legs: ['red', 'blue'].map((network, index) => ({ network, address: `10.${index + 1}.0.${last[host.name]}` })),
    })),
  };
  const epoch = 1795406095;
  const fault = 1795406110.966 - epoch;
  const journal: JournalEvent[] = [
    { event: 'begin', time: 0, epoch, lab: 'uml', kernel: '6.1.176' },
    { event: 'phase', time: 3, phase: 'measure' },
    {
      event: 'faultInjected',
      time: fault,
      id: 1,
      kind: 'powerOff',
      host: 'pe2',
      network: null,
      intendedAt: fault,
      injectedAt: fault,
      evidence: 'links down',
      addresses: ['10.1.0.22', '10.2.0.22'],
    },
    { event: 'phase', time: 43, phase: 'end' },
  ];

  it('gives the failover and its stages as read by hand', async () => {
    const { failovers } = await measure({
      plan,
      journal,
      capture: captureOf('power-off'),
      vectors: new Map(),
      capturedAt: 'receiver',
    });
    expect(failovers).toHaveLength(1);
    const [row] = failovers;
    expect(row).toMatchObject({
      user: 'pu1',
      oldElement: 'pe2',
      newElement: 'pe1',
      faultId: 1,
      faultKind: 'powerOff',
      phase: 'running',
    });
    // What the user sends is seen one delay of 10 ms later; what it receives is seen as it receives it.
    expect(row!.detectedAt).toBeCloseTo(112.200044 - 0.01 - 95, 5);
    expect(row!.selectedAt).toBeCloseTo(112.231279 - 95, 5);
    expect(row!.connectedAt).toBeCloseTo(112.272824 - 95, 5);
    expect(row!.resumedAt).toBeCloseTo(113.294995 - 95, 5);
    expect(row!.delay).toBeCloseTo(113.294995 - 110.966, 5);
  });
});

describe('recorded runs', () => {
  it('have no failover where nothing fails', async () => {
    const { failovers, requests, wire, notes } = await measureRecording('quiet');
    expect(failovers).toEqual([]);
    expect(notes).toEqual([]);
    expect(requests.map(({ state }) => state)).not.toContain('lost');
    expect(wire!.messages['calcApp.request']).toBe(requests.length);
    // Two round trips for resolution and hello, one and a half for the association: 80 ms at 10 ms one way.
    for (const { startupDelay } of requests) expect(startupDelay).toBeGreaterThan(0.08);
  });

  it.each(['shutdown', 'kill', 'power-off-sender', 'freeze', 'two-elements', 'new-address'])(
    'have stages that add up to the delay: %s',
    async (name) => {
      const { failovers, notes } = await measureRecording(name);
      expect(failovers.length).toBeGreaterThan(0);
      for (const row of failovers) {
        const sum = row.detection! + row.selection! + row.connection! + row.resumption!;
        expect(sum).toBeCloseTo(row.resumedAt! - row.faultAt!, 6);
        expect(stagesOf(row)).toMatchObject({ detection: row.detection, resumption: row.resumption });
        expect(row.newElement).not.toBe(row.oldElement);
      }
      expect(notes).toEqual([]);
    },
  );

  it('notice a shutdown or kill at once, silence only by the session keep-alive', async () => {
    const detections = async (name: string) => (await measureRecording(name)).failovers.map((row) => row.detection!);
    // Two one-way delays and the scheduling of a busy lab kernel.
    for (const name of ['shutdown', 'kill']) for (const it of await detections(name)) expect(it).toBeLessThan(0.3);
    // At least what is left of the timeout of 1 s, at most interval + timeout.
    for (const name of ['power-off-sender', 'freeze']) {
      for (const it of await detections(name)) {
        expect(it).toBeGreaterThan(0.9);
        expect(it).toBeLessThan(2.1);
      }
    }
  });

  it('repeat nothing after a shutdown with its last cookie, and at most a cookie interval after a kill', async () => {
    const repeated = async (name: string) =>
      (await measureRecording(name)).failovers.map((row) => row.repeatedCalculations!);
    expect(await repeated('shutdown')).toEqual([0]);
    for (const it of await repeated('kill')) {
      expect(it).toBeGreaterThan(0);
      expect(it).toBeLessThan(1e6);
    }
  });

  it('keep two elements apart that fail at once', async () => {
    const { failovers } = await measureRecording('two-elements');
    expect(failovers.map(({ oldElement, faultId }) => [oldElement, faultId])).toEqual([
      ['pe3', 1],
      ['pe2', 2],
      ['pe3', 1],
    ]);
    // The second user was sent to the other dead element first, and waited 5 s for its association: that is selection.
    expect(failovers[1]!.selection).toBeGreaterThan(5);
  });

  it('count a user that meets a dead element at the start as a class of its own', async () => {
    const { failovers, requests } = await measureRecording('new-address');
    const starting = failovers.filter(({ phase }) => phase === 'starting');
    expect(starting).toHaveLength(1);
    // It had been dead for a second: this request waits from the moment its user turned to it.
    expect(starting[0]!.faultAt).toBeGreaterThan(18.4 + 1);
    expect(starting[0]!.repeatedCalculations).toBe(0);
    const { user, requestId } = starting[0]!;
    expect(requests.find((row) => row.user === user && row.id === requestId)).toMatchObject({ failovers: 1 });
  });

  it('know an element again that came back under another address', async () => {
    const { wire, requests } = await measureRecording('new-address');
    const lives = wire!.registrations.filter(({ host }) => host === 'pe3');
    expect(lives).toHaveLength(2);
    expect(lives[0]).toMatchObject({ removedBy: 'registrar' });
    expect(requests.filter(({ element }) => element === 'pe3').length).toBeGreaterThan(0);
  });

  it('report failovers that no fault explains, without a delay', async () => {
    const { failovers } = await measureRecording('loss');
    expect(failovers.length).toBeGreaterThan(0);
    for (const row of failovers) {
      expect(row).toMatchObject({ faultId: null, faultKind: null, faultAt: null, delay: null, detection: null });
      expect(row.selection).toBeGreaterThan(0);
    }
    // The same request left one element for another and that one later.
    expect(failovers.filter(({ user, requestId }) => user === 'pu1' && requestId === 1)).toHaveLength(2);
  });

  it('blame a cut path on the element that was cut', async () => {
    const { failovers, wire } = await measureRecording('cut-path');
    expect(failovers).toMatchObject([{ oldElement: 'pe1', faultKind: 'cutPath', phase: 'running' }]);
    expect(wire!.pathSwitches.pe1).toBeGreaterThan(0);
  });

  it('agree with the users’ vectors', async () => {
    const { requests } = await measureRecording('kill');
    const text = await readFile(rsplibFile('kill/pu1.vec'), 'utf8');
    expect(requests.filter(({ user, state }) => user === 'pu1' && state === 'completed')).toHaveLength(
      text.trim().split('\n').length - 1,
    );
    const [stalled] = requests.filter(({ user, id }) => user === 'pu1' && id === 2);
    // The vector says 8.28 s, because the accept of the second element overwrites that of the first.
    expect(stalled!.startupDelay).toBeCloseTo(0.085, 2);
    expect(stalled).toMatchObject({ failovers: 1, element: 'pe1', size: 7402800 });
  });

  it('say how long a dead element could still be selected', async () => {
    const { wire } = await measureRecording('power-off-sender');
    const [dead] = wire!.deadSelectable;
    expect(dead).toMatchObject({ faultId: 1, host: 'pe3' });
    // The registrar asks every second and waits another for the answer.
    expect(dead!.seconds).toBeGreaterThan(0.9);
    expect(dead!.seconds).toBeLessThan(2.2);
  });
});

describe('a run that broke off', () => {
  it('leaves unknown what had not resumed when the capture ends, and says that it is truncated', async () => {
    const capture = join(folder, 'truncated.pcapng');
    const whole = await readFile(captureOf('freeze'));
    // Ends between giving up and the new element's answer.
    await writeFile(capture, whole.subarray(0, 63_221));
    const { failovers, requests, notes } = await measure({
      plan: recordingPlan(),
      journal: await journalOf('freeze'),
      capture,
      vectors: new Map(),
    });
    expect(notes).toContainEqual(expect.stringMatching(/ends in the middle of a packet/));
    // What became of them is not known: the run went on, and no vector tells.
    expect(requests.filter(({ state }) => state === 'unknown').length).toBeGreaterThan(0);
    expect(requests.some(({ state }) => state === 'open' || state === 'lost')).toBe(false);
    expect(failovers.filter(({ resumedAt }) => resumedAt === null)).toMatchObject([{ newElement: null, delay: null }]);
  });

  it('reports stages that a hole in the capture hides, and keeps the delay', async () => {
    const capture = join(folder, 'hole.pcapng');
    // The COOKIE-ACK that pe1 sent pu1 after pe2 was killed.
    await execa('editcap', [captureOf('kill'), capture, '520'], { env: toolEnvironment() });
    const input = { plan: recordingPlan(), journal: await journalOf('kill'), vectors: await vectorsOf('kill') };
    const { failovers, notes } = await measure({ ...input, capture });
    const holed = failovers.find(({ user }) => user === 'pu1');
    expect(holed).toMatchObject({ connectedAt: null, connection: null, resumption: null });
    expect(holed!.delay).toBeCloseTo(0.271, 3);
    expect(notes).toEqual([expect.stringMatching(/pu1's request 2 from pe2: resumed, but connection and resumption/)]);
  });

  it('has requests from the vectors alone where there is no capture', async () => {
    const vectors = await vectorsOf('kill');
    const input = { plan: recordingPlan(), journal: await journalOf('kill'), capture: null, vectors };
    const { requests, failovers, wire, notes } = await measure(input);
    // By the lines of the three files.
    expect(requests).toHaveLength(12);
    expect(requests.every(({ state }) => state === 'completed')).toBe(true);
    expect({ failovers, wire }).toEqual({ failovers: [], wire: null });
    // A vector knows the last accept and no failovers: neither is claimed.
    for (const row of requests) {
      expect(row).toMatchObject({ failovers: null, acceptedAt: null, startupDelay: null, processingTime: null });
      expect(row.handlingTime).toBeGreaterThan(0);
      expect(row.uncertain).toMatch(/all but its row in the vector was not seen/);
    }
    expect(notes).toContainEqual(expect.stringMatching(/^No capture/));
    expect(notes).toContainEqual(expect.stringMatching(/12 of 12 requests/));
  });

  it('needs a journal that says when it began', async () => {
    const input = { plan: recordingPlan(), journal: [], capture: null, vectors: new Map<string, string>() };
    await expect(measure(input)).rejects.toMatchObject({ code: 'bad-input' });
  });
});
