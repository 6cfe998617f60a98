/**
 * What attackers did, by their own word, and what registrars say came of it. Failure reports have no answers, so only
 * the registrars' logs tell what they did.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { hostsWith, type Plan } from '../experiment/plan.js';
import { type AttackRow, attackRowSchema } from '../result/rows.js';
import type { AttackSummary } from '../result/summary.js';

export interface Attacks {
  /** A row per attacker and second, `at` since the run began. */
  readonly rows: readonly AttackRow[];
  readonly registrars: RegistrarWords;
}

/** How often registrars said so. */
export interface RegistrarWords {
  /** An element that exists was removed, because too many reports said that it does not answer. */
  readonly elementsRemoved: number;
  /** One of the attackers' elements was removed so. */
  readonly fakesRemoved: number;
  readonly reportsRefused: number;
  readonly resolutionsRefused: number;
}

/**
 * @param counts the attackers' own files, by host
 * @param logs of the registrars
 */
export async function attacksOf(
  counts: ReadonlyMap<string, string>,
  logs: readonly string[],
  epoch: number,
): Promise<Attacks> {
  const rows = await Promise.all(
    [...counts].map(async ([attacker, path]) => parseAttackRows(await readFile(path, 'utf8'), attacker, epoch)),
  );
  const words = await Promise.all(logs.map(async (path) => registrarWords(await readFile(path, 'utf8'))));
  const total = (name: keyof RegistrarWords) => words.reduce((sum, each) => sum + each[name], 0);
  return {
    rows: rows.flat().sort((a, b) => a.at - b.at),
    registrars: {
      elementsRemoved: total('elementsRemoved'),
      fakesRemoved: total('fakesRemoved'),
      reportsRefused: total('reportsRefused'),
      resolutionsRefused: total('resolutionsRefused'),
    },
  };
}

const lineSchema = attackRowSchema.omit({ attacker: true }).extend({ at: z.number() });

/** A line that its writer did not come to finish is left out. */
export function parseAttackRows(text: string, attacker: string, epoch: number): AttackRow[] {
  return text.split('\n').flatMap((line) => {
    if (!line.endsWith('}')) return [];
    const { at, ...counts } = lineSchema.parse(JSON.parse(line));
    return { attacker, at: at - epoch, ...counts };
  });
}

/** Reads rspregistrar's log, level 4. */
export function registrarWords(log: string): RegistrarWords {
  // A description of the element, of several lines, stands between its identifier and what becomes of it.
  const removed = log
    .split('unreachability reports for pool element $')
    .slice(1)
    .filter((text) => text.includes('limit reached, removing it'))
    .map((text) => Number.parseInt(text.slice(0, 8), 16));
  const fakes = removed.filter((identifier) => identifier >= firstFakeIdentifier).length;
  return {
    elementsRemoved: removed.length - fakes,
    fakesRemoved: fakes,
    reportsRefused: log.split('Refusing EndpointUnreachable for').length - 1,
    resolutionsRefused: log.split('Refusing handle resolution for').length - 1,
  };
}

/** Attackers number their elements from here, the pool's own lie below (0x01……). */
const firstFakeIdentifier = 0xa000_0000;

/** The attacks of a run in numbers, an entry per attacker. */
export function summariseAttacks(
  plan: Plan,
  { rows, registrars }: Attacks,
  failoversWithoutFault: number,
): AttackSummary {
  const attackers = hostsWith(plan, 'attacker').map(({ name, role: { attack, pool, rate } }) => {
    const own = rows.filter(({ attacker }) => attacker === name);
    const total = (what: 'sent' | 'unsent' | 'accepted' | 'rejected' | 'questions' | 'aborted') =>
      own.reduce((sum, row) => sum + row[what], 0);
    return {
      ...{ host: name, attack, pool, rate },
      ...{ sent: total('sent'), unsent: total('unsent'), accepted: total('accepted'), rejected: total('rejected') },
      ...{ questions: total('questions'), aborted: total('aborted') },
    };
  });
  return { attackers, ...registrars, failoversWithoutFault };
}
