/** Attackers on real registrars: one liar empties a pool, unless it is bridled. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { findTool, toolEnvironment } from '../../harness/base/tools.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { delayLookup } from '../../harness/experiment/plan.js';
import { AddressBook } from '../../harness/measure/addresses.js';
import { dissect } from '../../harness/measure/dissect.js';
import type { AsapMessage } from '../../harness/measure/packet.js';
import { labTest } from './available.js';
import { expectSound, type RealRun, runExperiment } from './rsplab.js';

const attack = (reports: string, associations = 1) =>
  runExperiment(
    'experiments/attack-failure-reports.ts',
    ...['--set', 'warmUp=2', '--set', 'measure=4', '--set', 'drain=1'],
    ...['--set', `reports=${reports}`, '--set', `associations=${associations}`],
  );

/** ASAP messages as tshark understands them, in order. */
async function asapMessages({ folder, journal }: RealRun): Promise<AsapMessage[]> {
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan;
  const { epoch } = journal.find((event) => event.event === 'begin')!;
  const book = new AddressBook(plan, journal);
  const messages: AsapMessage[] = [];
  const capture = join(folder, 'capture.pcapng');
  for await (const { chunks } of dissect(capture, {
    book,
    epoch,
    capturedAt: 'sender',
    delayBetween: delayLookup(plan),
  }).packets) {
    for (const chunk of chunks)
      if (chunk.kind === 'data' && !chunk.retransmission && chunk.message?.protocol === 'asap')
        messages.push(chunk.message);
  }
  return messages;
}

async function malformedFrames(folder: string): Promise<string[]> {
  const argv = [
    '-n',
    '-r',
    join(folder, 'capture.pcapng'),
    '-Y',
    '_ws.malformed',
    '-T',
    'fields',
    '-e',
    'frame.number',
  ];
  const { stdout } = await execa(findTool('tshark')!, argv, { env: toolEnvironment() });
  return stdout.split('\n').filter(Boolean);
}

/** How many elements the registrar named whenever the attacker asked for all of them. */
const offered = (messages: readonly AsapMessage[]): number[] =>
  messages
    .filter(({ type, to }) => type === 'handleResolutionResponse' && to.host === 'at1')
    .map(({ elements }) => elements.length);

describe('false failure reports', () => {
  labTest('remove every element from a pool whose registrar believes them, though all live', async () => {
    const run = await attack('believed');
    expectSound(run);
    expect(await malformedFrames(run.folder)).toEqual([]);
    const messages = await asapMessages(run);
    const reports = messages.filter(({ type, from }) => type === 'endpointUnreachable' && from.host === 'at1');
    expect(new Set(reports.flatMap(({ elements }) => elements)).size).toBe(3);
    // 10 a second for 4 s, each as one message; the first or the last may fall outside.
    expect(reports.length).toBeGreaterThanOrEqual(38);
    expect(reports.length).toBeLessThanOrEqual(41);
    expect(offered(messages)[0]).toBe(3);
    expect(offered(messages)).toContain(0);
    const { attackers, elementsRemoved, reportsRefused } = run.summary.attacks!;
    expect(attackers).toMatchObject([{ host: 'at1', attack: 'falseFailureReports', rate: 10, aborted: 0 }]);
    expect(attackers[0]!.sent).toBe(reports.length);
    // Elements that renew their registration meanwhile are removed again.
    expect(elementsRemoved).toBeGreaterThanOrEqual(3);
    expect(reportsRefused).toBe(0);
    expect(existsSync(join(run.folder, 'attacks.csv'))).toBe(true);
    // Not one user gave up an element: what the attacker reports is nobody's failover.
    expect(run.failovers).toEqual([]);
  });

  labTest('do nothing where reports are limited in rate', async () => {
    const run = await attack('limited');
    expectSound(run);
    const answers = offered(await asapMessages(run));
    expect(answers.length).toBeGreaterThan(5);
    expect(new Set(answers)).toEqual(new Set([3]));
    const { elementsRemoved, reportsRefused } = run.summary.attacks!;
    expect(elementsRemoved).toBe(0);
    expect(reportsRefused).toBeGreaterThan(20);
  });

  labTest('get past the limit by many associations, for it holds for each of them', async () => {
    const run = await attack('limited', 30);
    expectSound(run);
    const messages = await asapMessages(run);
    const reports = messages.filter(({ type, from }) => type === 'endpointUnreachable' && from.host === 'at1');
    // 10 a second for 4 s, so each of 30 associations sends one every 3 s.
    expect(new Set(reports.map(({ association }) => association)).size).toBe(30);
    expect(offered(messages)).toContain(0);
    const { elementsRemoved, reportsRefused } = run.summary.attacks!;
    expect(elementsRemoved).toBeGreaterThanOrEqual(3);
    expect(reportsRefused).toBe(0);
  });
});
