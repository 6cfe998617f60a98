/** From the files that a lab's run left to its outcome; works as well on the files of a run that was cut short. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.js';
import { hostsWith, type Plan } from '../experiment/plan.js';
import { captureFile } from '../lab/capture.js';
import { type Attacks, attacksOf } from '../measure/attacks.js';
import type { Clocks } from '../measure/epochs.js';
import { type Measurement, measure } from '../measure/measure.js';
import { measureWeb, type WebMeasurement } from '../measure/web.js';
import { requestRowOf } from '../measure/web-row.js';
import type { JournalEvent } from '../result/journal.js';
import { attackFile } from '../result/rows.js';
import type { Summary } from '../result/summary.js';
import { tooManyHoles } from './holes.js';
import { readJournal } from './journal.js';
import type { Outcome } from './outcome.js';

export interface CollectOptions {
  readonly load?: Outcome['load'];
  /** Seconds that hosts' clocks are ahead of the journal's. @defaultValue none is */
  readonly clocks?: Clocks;
}

/** @param reasons what is already known to have gone wrong */
export async function collect(
  plan: Plan,
  folder: string,
  reasons: readonly string[] = [],
  { load = null, clocks }: CollectOptions = {},
): Promise<Outcome> {
  const journal = existsSync(join(folder, 'events.ndjson')) ? readJournal(folder) : [];
  const begin = journal.find((event) => event.event === 'begin');
  const faults = faultsIn(journal);
  const blind = faults.filter(({ evidence }) => evidence === null);
  const broken = [
    ...reasons,
    ...journal.flatMap((event) => (event.event === 'broken' ? [event.reason] : [])),
    ...blind.map(({ kind, target }) => `nothing shows that ${kind} on ${target} took effect`),
  ];
  const attacks = begin ? await attacksIn(plan, folder, begin.epoch) : null;
  const measured = begin ? await measureFolder(plan, folder, journal, clocks) : nothing('the lab never opened');
  const web = begin ? await webIn(plan, folder, journal, { epoch: begin.epoch, clocks }) : null;
  // Why the lab never opened is the better reason, where it is known.
  const lost = typeof measured === 'string' && (begin || broken.length === 0) ? [measured] : [];
  const { keepAlives, utilisationPercent, notes, wire, registrars, holes, ...rows } =
    typeof measured === 'string' ? nothingMeasured : measured;
  const requests = [...rows.requests, ...(web?.rows ?? []).map(requestRowOf)];
  const failovers = [...rows.failovers, ...(web?.failovers ?? [])];
  const window = windowOf(journal);
  const hidden = tooManyHoles({ requests, window, holes });
  return {
    requests,
    failovers,
    keepAlives,
    // Web servers calculate nothing.
    utilisationPercent: web === null ? utilisationPercent : null,
    wire,
    registrars,
    faults,
    attacks,
    web: web && { rows: web.rows, thresholds: web.thresholds },
    window,
    holes,
    reasons: [...new Set([...broken, ...lost, ...hidden, ...idle(plan, journal, attacks)])],
    notes: [...notes, ...(web?.notes ?? []), ...journal.flatMap((event) => noteOf(event) ?? [])],
    kernel: begin?.kernel ?? null,
    load: load ?? loadIn(journal),
  };
}

/** Of a run in virtual time, whose machine knows it by itself. */
function loadIn(journal: readonly JournalEvent[]): Outcome['load'] {
  const load = journal.find((event) => event.event === 'load');
  return load ? { seconds: load.seconds, busy: load.busy, waited: null, stolen: null } : null;
}

const nothing = (why: string): string => why;
const nothingMeasured: Measurement = {
  ...{
    requests: [],
    failovers: [],
    keepAlives: null,
    wire: null,
    registrars: null,
    utilisationPercent: null,
    holes: null,
    notes: [],
  },
};

async function measureFolder(
  plan: Plan,
  folder: string,
  journal: readonly JournalEvent[],
  clocks: Clocks | undefined,
): Promise<Measurement | string> {
  const capture = join(folder, captureFile);
  try {
    return await measure({
      plan,
      journal,
      capture: existsSync(capture) ? capture : null,
      ...(clocks && { clocks }),
      vectors: filesOfUsers(plan, folder, 'vec'),
      logs: filesOfUsers(plan, folder, 'log'),
      registrars: {
        logs: filesOfRegistrars(plan, folder, 'log'),
        statistics: filesOfRegistrars(plan, folder, 'stats'),
      },
    });
  } catch (error) {
    return nothing(`the run's files could not be read: ${messageOf(error)}`);
  }
}

async function webIn(
  plan: Plan,
  folder: string,
  journal: readonly JournalEvent[],
  { epoch, clocks }: { epoch: number; clocks: Clocks | undefined },
): Promise<WebMeasurement | null> {
  const users = hostsWith(plan, 'poolUser').filter(({ role }) => role.load);
  if (users.length === 0) return null;
  const logs = join(folder, 'logs');
  const names = readdirSync(logs);
  const livesOf = (name: string, extension: string) =>
    names.filter((file) => new RegExp(`^${name}(-\\d+)?\\.${extension}$`).test(file)).map((file) => join(logs, file));
  const files = new Map(
    users.map(({ name }) => [
      name,
      {
        rows: livesOf(name, 'ndjson'),
        k6Points: livesOf(name, 'k6.json'),
        k6Summaries: livesOf(name, 'k6-summary.json'),
      },
    ]),
  );
  const capture = join(folder, captureFile);
  const seen = existsSync(capture) ? capture : null;
  return measureWeb({ plan, journal, epoch, capture: seen, files, ...(clocks && { clocks }) });
}

async function attacksIn(plan: Plan, folder: string, epoch: number): Promise<Attacks | null> {
  if (hostsWith(plan, 'attacker').length === 0) return null;
  const files = readdirSync(join(folder, 'logs'));
  const path = (file: string) => join(folder, 'logs', file);
  const counts = hostsWith(plan, 'attacker')
    .map(({ name }) => ({ name, file: attackFile(name) }))
    .filter(({ file }) => files.includes(file));
  // Every life of a registrar has a log of its own.
  const logs = hostsWith(plan, 'registrar').flatMap(({ name }) =>
    files.filter((file) => file === `${name}.log` || (file.startsWith(`${name}-`) && file.endsWith('.log'))),
  );
  return attacksOf(new Map(counts.map(({ name, file }) => [name, path(file)])), logs.map(path), epoch);
}

/** An attack that sent nothing is none, and says nothing about the pool. */
function idle(plan: Plan, journal: readonly JournalEvent[], attacks: Attacks | null): string[] {
  if (!attacks || !journal.some((event) => event.event === 'phase' && event.phase === 'drain')) return [];
  return hostsWith(plan, 'attacker')
    .filter(({ name }) => !attacks.rows.some(({ attacker, sent }) => attacker === name && sent > 0))
    .map(({ name, role }) => `nothing shows that ${role.attack} by ${name} took effect: it sent no message`);
}

/** The users' files of one kind, by host. One of our own has all that a vector says in its log. */
function filesOfUsers(plan: Plan, folder: string, extension: 'vec' | 'log'): Map<string, string> {
  const files = new Set(readdirSync(join(folder, 'logs')));
  const users = hostsWith(plan, 'poolUser')
    .filter(({ role }) => !role.load)
    .map(({ name, role }) => ({
      name,
      file: `${name}.${role.implementation === 'native' ? 'log' : extension}`,
    }));
  return new Map(
    users.filter(({ file }) => files.has(file)).map(({ name, file }) => [name, join(folder, 'logs', file)]),
  );
}

/** The registrars' files of one kind, by host: one for each of their lives. */
function filesOfRegistrars(plan: Plan, folder: string, extension: 'log' | 'stats'): Map<string, string[]> {
  const files = readdirSync(join(folder, 'logs'));
  const livesOf = (name: string) => files.filter((file) => new RegExp(`^${name}(-\\d+)?\\.${extension}$`).test(file));
  return new Map(
    hostsWith(plan, 'registrar').map(({ name }) => [name, livesOf(name).map((file) => join(folder, 'logs', file))]),
  );
}

function faultsIn(journal: readonly JournalEvent[]): Summary['faults'] {
  const healed = new Map(
    journal.flatMap((event) => (event.event === 'faultHealed' ? [[event.id, event.healedAt] as const] : [])),
  );
  return journal.flatMap((event) =>
    event.event === 'faultInjected'
      ? [
          {
            kind: event.kind,
            target: event.network === null ? event.host : `${event.host} on ${event.network}`,
            intendedAt: event.intendedAt,
            injectedAt: event.injectedAt,
            healedAt: healed.get(event.id) ?? null,
            evidence: event.evidence,
          },
        ]
      : [],
  );
}

const noteOf = (event: JournalEvent): string | undefined => {
  if (event.event === 'note') return event.text;
  if (event.event === 'faultSkipped')
    return `${event.kind} at ${event.intendedAt.toFixed(1)} s was skipped: ${event.reason}`;
  return undefined;
};

/** From the start of the measurement to the end of the drain, or as far as the run came. */
function windowOf(journal: readonly JournalEvent[]): Outcome['window'] {
  const at = (phase: string) => journal.find((event) => event.event === 'phase' && event.phase === phase)?.time;
  const from = at('measure');
  if (from === undefined) return null;
  return { from, to: at('collect') ?? at('end') ?? journal.at(-1)!.time };
}
