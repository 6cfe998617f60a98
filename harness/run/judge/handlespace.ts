/** What registrars hold once the last fault was healed: whether they agree, and whether every element is back. */
import { formatDuration } from '../../base/units.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import type { HoldingRow } from '../../result/registrars.js';
import type { Outcome } from '../outcome.js';
import { type Evidence, fail, type Judge, type Judgement, passIf, unknown } from './verdict.js';

export const poolAtFullStrength: Judge<'poolAtFullStrength'> = ({ within }, evidence) => {
  const aftermath = aftermathOf(evidence);
  if (typeof aftermath === 'string') return unknown(aftermath);
  const all = hostsWith(evidence.plan, 'poolElement').length;
  const since = sinceWhen(aftermath, (held) => held.every(({ elements }) => elements === all));
  if (since !== null) return judged(aftermath, since, within, `all ${all} pool elements were registered everywhere`);
  const absent = absentAt(evidence);
  const names = absent.length > 0 ? ` (missing on the wire: ${absent.join(', ')})` : '';
  return neverJudged(aftermath, within, `of ${all} pool elements ${counts(aftermath)}${names}`);
};

export const registrarsAgree: Judge<'registrarsAgree'> = ({ within }, evidence) => {
  const aftermath = aftermathOf(evidence);
  if (typeof aftermath === 'string') return unknown(aftermath);
  const { running } = aftermath;
  const known = hostsWith(evidence.plan, 'registrar').length;
  if (running.length < 2) return unknown(`${running.length} of ${known} registrars ran when the run ended`);
  const equal = sinceWhen(
    aftermath,
    (held) => {
      const owned = held.reduce((sum, { ownElements }) => sum + ownElements, 0);
      return held.every(({ elements }) => elements === owned);
    },
    sampleSkew,
  );
  if (equal === null) return neverJudged(aftermath, within, `registrars differed: ${counts(aftermath)}`);
  const audits = auditsSince(aftermath, evidence.outcome);
  if (typeof audits === 'string') return neverJudged(aftermath, within, audits);
  const who = `${running.length} of ${known} registrars held the same ${aftermath.atEnd[0]!.elements} pool elements`;
  return judged(aftermath, Math.max(equal, audits.since), within, `${who} (${audits.count} checksums confirmed)`);
};

/** From the last fault or healing to the end of the run. */
interface Aftermath {
  readonly from: number;
  /** What happened then. */
  readonly after: string;
  readonly to: number;
  /** Registrars whose statistics went on to the end, and what they held over time. */
  readonly running: readonly { readonly registrar: string; readonly rows: readonly HoldingRow[] }[];
  readonly atEnd: readonly HoldingRow[];
}

/** Two registrars' samples are up to half a second apart, and an update between them needs time as well. */
const sampleSkew = 1;

/** Seconds without a sample after which a registrar is not running: it writes two a second, and may be late. */
const sampleGap = 2;

/** @returns why nothing can be said, where it cannot */
function aftermathOf({ plan, outcome }: Evidence): Aftermath | string {
  const { window, registrars } = outcome;
  if (!window || !registrars) return 'there is no capture of registrars';
  const { at, what } = lastDisturbance(outcome, window);
  const running = hostsWith(plan, 'registrar').flatMap(({ name }) => {
    const rows = registrars.holdings.filter(({ registrar, from }) => registrar === name && from <= window.to);
    rows.sort((a, b) => a.from - b.from);
    const last = rows.at(-1);
    return last && last.to >= window.to - sampleGap ? [{ registrar: name, rows }] : [];
  });
  if (running.length === 0) return 'no registrar was running when the run ended';
  return { from: at, after: what, to: window.to, running, atEnd: running.map(({ rows }) => rows.at(-1)!) };
}

function lastDisturbance({ faults }: Outcome, { from, to }: { from: number; to: number }) {
  const events = faults.flatMap(({ injectedAt, healedAt }) => [
    { at: injectedAt, what: 'the last fault (not healed)' },
    ...(healedAt === null ? [] : [{ at: healedAt, what: 'the last healing' }]),
  ]);
  return events
    .filter(({ at }) => at <= to)
    .reduce((last, event) => (event.at >= last.at ? event : last), { at: from, what: 'the measurement’s begin' });
}

/**
 * Since when something has held, as far as samples tell; null when it did not at the end.
 * @param glitch seconds for which it may cease to hold in between
 */
function sinceWhen(
  { from, to, running }: Aftermath,
  holds: (held: readonly HoldingRow[]) => boolean,
  glitch = 0,
): number | null {
  const times = running.flatMap(({ rows }) => rows.map((row) => row.from)).filter((time) => time > from);
  const moments = [...new Set([from, ...times])].sort((a, b) => b - a);
  let since: number | null = null;
  for (const moment of moments) {
    const held = running.flatMap(({ rows }) => rows.findLast((row) => row.from <= moment) ?? []);
    if (held.length === running.length && holds(held)) since = moment;
    else if ((since ?? to) - moment > glitch || since === null) break;
  }
  return since;
}

/** Since when every running registrar has been content with what every other announces. */
function auditsSince({ from, to, running }: Aftermath, { registrars }: Outcome) {
  let [since, count] = [from, 0];
  for (const { registrar } of running) {
    for (const { registrar: peer } of running) {
      if (peer === registrar) continue;
      const audits = registrars!.audits.filter(
        (audit) => audit.registrar === registrar && audit.peer === peer && audit.at > from && audit.at <= to,
      );
      if (audits.length === 0) return `${registrar} heard nothing from ${peer} any more`;
      if (!audits.at(-1)!.agrees) return `${registrar} held another checksum for ${peer} than ${peer} announced`;
      const content = audits.slice(audits.findLastIndex(({ agrees }) => !agrees) + 1);
      since = Math.max(since, content[0]!.at);
      count += content.length;
    }
  }
  return { since, count };
}

function judged({ from, after }: Aftermath, since: number, within: number, what: string): Judgement {
  const delay = formatDuration(since - from);
  return passIf(since - from <= within, `${what} ${delay} after ${after}, expected within ${formatDuration(within)}`);
}

/** It did not hold at the end: a failure, unless the run ended before its time was over. */
function neverJudged({ from, after, to }: Aftermath, within: number, what: string): Judgement {
  const when = `when the run ended, ${formatDuration(to - from)} after ${after}`;
  const detail = `${what} ${when}; expected otherwise within ${formatDuration(within)}`;
  return to - from < within ? unknown(detail) : fail(detail);
}

const counts = ({ running, atEnd }: Aftermath): string =>
  atEnd
    .map(({ elements, ownElements }, at) => `${running[at]!.registrar} held ${elements} (${ownElements} its own)`)
    .join(', ');

/** Elements that had left the handlespace by the end, as far as the wire shows it. */
function absentAt({ plan, outcome }: { plan: Plan; outcome: Outcome }): string[] {
  const to = outcome.window!.to;
  const there = new Set(
    (outcome.wire?.registrations ?? [])
      .filter(({ registeredAt, removedAt }) => registeredAt <= to && (removedAt === null || removedAt > to))
      .map(({ host }) => host),
  );
  return hostsWith(plan, 'poolElement').flatMap(({ name }) => (there.has(name) ? [] : [name]));
}
