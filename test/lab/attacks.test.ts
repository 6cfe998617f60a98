/** Attackers on real registrars: one liar empties a pool, unless it is bridled. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { findTool, toolEnvironment } from '../../harness/base/tools.js';
import type { Plan } from '../../harness/experiment/plan.js';
import { AddressBook } from '../../harness/measure/addresses.js';
import { dissect } from '../../harness/measure/dissect.js';
import type { AsapMessage } from '../../harness/measure/packet.js';
import { labTest } from './available.js';
import { type RealRun, runExperiment } from './rsplab.js';

const attack = (reports: string) =>
  runExperiment(
    'experiments/attack-failure-reports.ts',
    ...['--set', 'warmUp=1', '--set', 'measure=7', '--set', 'drain=1', '--set', `reports=${reports}`],
  );

/** ASAP messages as tshark understands them, in order. */
async function asapMessages({ folder, journal }: RealRun): Promise<AsapMessage[]> {
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan;
  const { epoch } = journal.find((event) => event.event === 'begin')!;
  const delays = Object.fromEntries(
    Object.entries(plan.topology.networks).map(([name, { impairment }]) => [name, impairment.delay ?? 0]),
  );
  const book = new AddressBook(plan, journal);
  const messages: AsapMessage[] = [];
  const capture = join(folder, 'capture.pcapng');
  for await (const { chunks } of dissect(capture, { book, epoch, capturedAt: 'sender', delays }).packets) {
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

/** Elements that the registrar offered in its last second. */
function offeredAtLast(messages: readonly AsapMessage[]): Set<string> {
  const answers = messages.filter(({ type }) => type === 'handleResolutionResponse');
  const end = answers.at(-1)!.sentAt;
  return new Set(answers.filter(({ sentAt }) => sentAt > end - 1).flatMap(({ elements }) => elements));
}

describe('false failure reports', () => {
  labTest('remove every element from a pool whose registrar believes them, though all live', async () => {
    const run = await attack('believed');
    expect(run.summary.reasons).toEqual([]);
    expect(await malformedFrames(run.folder)).toEqual([]);
    const messages = await asapMessages(run);
    const reports = messages.filter(({ type, from }) => type === 'endpointUnreachable' && from.host === 'at1');
    expect(new Set(reports.flatMap(({ elements }) => elements)).size).toBe(3);
    // 10 a second for 7 s, each as one message.
    expect(Math.abs(reports.length - 70)).toBeLessThan(5);
    expect(offeredAtLast(messages)).toEqual(new Set());
    const { attackers, elementsRemoved, reportsRefused } = run.summary.attacks!;
    expect(attackers).toMatchObject([{ host: 'at1', attack: 'falseFailureReports', rate: 10, aborted: 0 }]);
    expect(attackers[0]!.sent).toBe(reports.length);
    expect([elementsRemoved, reportsRefused]).toEqual([3, 0]);
    expect(existsSync(join(run.folder, 'attacks.csv'))).toBe(true);
    // Not one user gave up an element: what the attacker reports is nobody's failover.
    expect(run.failovers).toEqual([]);
  });

  labTest('do nothing where reports are limited in rate', async () => {
    const run = await attack('limited');
    expect(run.summary.reasons).toEqual([]);
    expect(offeredAtLast(await asapMessages(run)).size).toBe(3);
    const { elementsRemoved, reportsRefused } = run.summary.attacks!;
    expect(elementsRemoved).toBe(0);
    expect(reportsRefused).toBeGreaterThan(50);
  });
});
