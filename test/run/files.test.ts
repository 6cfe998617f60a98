import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../harness/result/journal.js';
import { createRunFolder, runId, storeOutcome } from '../../harness/run/folder.js';
import { Journal, parseEvent, readJournal } from '../../harness/run/journal.js';
import { replayCommand } from '../../harness/run/replay.js';
import { temporaryFolder } from '../temporary.js';
import { VirtualClock } from '../virtual-clock.js';
import { smallPlan } from './plan.js';

let top: string;
beforeEach(() => {
  top = temporaryFolder();
});

describe('a journal', () => {
  it('is on the disk as it happens, timed from the beginning of the run', async () => {
    const clock = new VirtualClock(1000);
    const told: JournalEvent[] = [];
    const journal = new Journal(top, clock, 1000, (event) => told.push(event));
    journal.record({ event: 'phase', phase: 'open' });
    await clock.sleepUntil(1002.5);
    journal.record({ event: 'note', text: 'half way' });
    const events = [
      { time: 0, event: 'phase', phase: 'open' },
      { time: 2.5, event: 'note', text: 'half way' },
    ];
    expect(told).toEqual(events);
    expect(readJournal(top)).toEqual(events);
  });

  it('is read as far as it was written: half a last line is ignored, whole lines are not', () => {
    const lines = ['{"time":0,"event":"phase","phase":"open"}', '{"time":1,"event":"note","text":"a"}'];
    const file = join(top, 'events.ndjson');
    writeFileSync(file, `${lines.join('\n')}\n`);
    for (const half of ['{', '{"time":2,"event":"no', '{"time":2,"event":"note"', '{"time":2}']) {
      writeFileSync(file, `${lines.join('\n')}\n`);
      appendFileSync(file, half);
      expect(readJournal(top)).toHaveLength(2);
    }
  });

  it.each(['', 'Kernel panic', '[]', '{"event":"phase"}', '{"time":1,"event":"other"}'])('has no event %j', (line) => {
    expect(parseEvent(line)).toBeUndefined();
  });
});

describe('a run’s folder', () => {
  const id = '20261123-093012-1a2b3c';

  it('is called by time and session, and begins with the plan', () => {
    expect(runId(Date.UTC(2026, 10, 23, 9, 30, 12) / 1e3, '1a2b3c')).toBe(id);
    const plan = smallPlan();
    const folder = createRunFolder(top, id, plan);
    expect(folder).toBe(join(top, 'small', id));
    expect(readdirSync(folder).sort()).toEqual(['logs', 'plan.json']);
    expect(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))).toEqual(plan);
  });

  it('has tables with a header even when there are no rows, and no half-written file', () => {
    const folder = createRunFolder(top, id, smallPlan());
    const nothing = { requests: [], failovers: [], keepAlives: null, faults: [], utilisationPercent: null, wire: null };
    storeOutcome(folder, { ...nothing, window: null, reasons: [], notes: [], kernel: null });
    expect(readFileSync(join(folder, 'requests.csv'), 'utf8')).toMatch(/^user,id,size,state,queuedAt,[^\n]*\n$/);
    expect(readFileSync(join(folder, 'failovers.csv'), 'utf8')).toMatch(/^user,requestId,oldElement,[^\n]*\n$/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('never shows half a file, and leaves nothing of what cannot be finished', () => {
    const folder = createRunFolder(top, id, smallPlan());
    // A file cannot take the place of a folder, so the last step fails.
    mkdirSync(join(folder, 'requests.csv', 'x'), { recursive: true });
    const nothing = { requests: [], failovers: [], keepAlives: null, faults: [], utilisationPercent: null, wire: null };
    expect(() => storeOutcome(folder, { ...nothing, window: null, reasons: [], notes: [], kernel: null })).toThrow(
      expect.objectContaining({
        code: 'lab-broken',
        message: expect.stringMatching(/requests\.csv cannot be written: /),
      }),
    );
    expect(existsSync(join(folder, 'requests.csv.part'))).toBe(false);
  });

  it('that cannot be made is bad input', () => {
    writeFileSync(join(top, 'file'), '');
    expect(() => createRunFolder(join(top, 'file'), id, smallPlan())).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(/^Expected a folder for results/) }),
    );
  });
});

describe('the command that runs it again', () => {
  it('says everything that was chosen', () => {
    const plan = smallPlan({ vary: { policy: ['LeastUsed'], keepAlive: [1, 3] } } as never, {
      seed: 7,
      point: { keepAlive: 3 },
      file: 'experiments/small.ts',
    });
    expect(replayCommand(plan, 'netns')).toBe(
      'rsplab run experiments/small.ts --on netns --seed 7 --set policy=LeastUsed --set keepAlive=3 ' +
        '--set settle=5 --set warmUp=10 --set measure=10 --set drain=10',
    );
  });

  it('quotes what a shell would take apart', () => {
    const plan = smallPlan({ vary: { what: ["it's $HOME"] } } as never, { file: '/home/me/my experiments/a.ts' });
    const command = replayCommand(plan, 'sim');
    expect(command).toContain("'/home/me/my experiments/a.ts'");
    expect(command).toContain(`--set 'what=it'\\''s $HOME'`);
  });
});
