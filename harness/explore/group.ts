/** Findings that are alike: the same check, and the same kinds and roles of faults left over. */
import { createHash } from 'node:crypto';
import type { Shrunk } from './ledger.js';

export interface Group {
  /** Names the group's files: the check, and six hexadecimal digits of its shape. */
  readonly id: string;
  readonly check: string;
  readonly shape: readonly string[];
  /** Seeds under which it was found, ascending. */
  readonly seeds: readonly number[];
  readonly smallest: Shrunk;
}

/** The most frequent first. The order of the findings makes no difference. */
export function groupsOf(findings: readonly Shrunk[]): Group[] {
  const byKey = new Map<string, Shrunk[]>();
  for (const finding of findings.filter(({ faults }) => faults !== null)) {
    const key = keyOf(finding);
    byKey.set(key, [...(byKey.get(key) ?? []), finding]);
  }
  return [...byKey]
    .map(([key, alike]) => {
      const sorted = [...alike].sort(bySize);
      const { check, shape } = sorted[0]!;
      const seeds = [...new Set(alike.map(({ seed }) => seed))].sort((a, b) => a - b);
      return { id: `${check}-${digest(key)}`, check, shape, seeds, smallest: sorted[0]! };
    })
    .sort((a, b) => b.seeds.length - a.seeds.length || (a.id < b.id ? -1 : 1));
}

const keyOf = ({ check, shape }: Shrunk): string => [check, ...shape].join('\n');

const digest = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 6);

/** Of two that are as small, the one of which is known that it cannot be smaller. */
const bySize = (a: Shrunk, b: Shrunk): number =>
  a.faults! - b.faults! || Number(b.state === 'minimal') - Number(a.state === 'minimal') || a.seed - b.seed;
