/**
 * Faults need more of a kernel than networks do: whether this machine's has it is tried, in a network namespace and a
 * control group that live for this question only. A lab kernel has it all.
 */
import { release } from 'node:os';
import { execa } from 'execa';
import { badInput } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { toolEnvironment } from '../base/tools.js';
import type { Plan } from '../experiment/plan.js';
import type { Fault, FaultKind } from '../fault/fault.js';
import { whyNoCpuLimit } from './cpu-limit.js';

const needs = ['filters', 'stages', 'shares of a CPU'] as const;
type Need = (typeof needs)[number];

/** What a fault needs beside links and netem. */
export function needOf({ kind, direction }: Pick<Fault, 'kind' | 'direction'>): Need | null {
  if (kind === 'partition' || (kind === 'isolate' && direction !== 'both')) return 'filters';
  if (kind === 'impair' && direction !== 'in') return 'stages';
  return kind === 'cpuStarve' ? 'shares of a CPU' : null;
}

/** @throws HarnessError `bad-input` when this machine cannot do a fault of the plan, with the reason */
export async function tryFaults(plan: Plan, lab: string): Promise<void> {
  const asked = new Map<Need, FaultKind>();
  for (const { fault } of plan.faults) {
    const need = needOf(fault);
    if (need) asked.set(need, fault.kind);
  }
  for (const [need, kind] of asked) {
    const why = await whyNot(need);
    if (why === null) continue;
    const otherwise = lab === 'docker' ? 'uml+docker' : 'uml';
    const expected = `a kernel with ${need} on ${lab}, or --on ${otherwise}`;
    throw badInput(`${plan.experiment}.faults.${kind}: expected ${expected}, got ${release()}: ${why}`);
  }
}

/** What faults need and this machine lacks, with the reasons; for people. */
export async function missingForFaults(): Promise<string[]> {
  const answers = await Promise.all(needs.map(async (need) => ({ need, why: await whyNot(need) })));
  return answers.flatMap(({ need, why }) => (why === null ? [] : `${need}: ${why}`));
}

async function whyNot(need: Need): Promise<string | null> {
  if (need === 'shares of a CPU') return whyNoCpuLimit(newSession()) ?? null;
  const namespace = `rsplab-${newSession()}-probe`;
  const run = async (tool: string, ...words: string[]) => {
    const { failed, stderr } = await execa(tool, words, { env: toolEnvironment(), reject: false });
    return failed ? stderr.trim().split('\n')[0] || `${tool} failed` : null;
  };
  const inside = (tool: string, command: string) => run(tool, '-n', namespace, ...command.split(' '));
  const filter = 'filter add dev lo ingress protocol all pref';
  const drops = [`${filter} 1 matchall action drop`, `${filter} 2 flower dst_mac 02:00:00:00:00:01 action drop`];
  const redirects = [`${filter} 3 matchall action mirred egress redirect dev stage0`];
  try {
    return (
      (await run('ip', 'netns', 'add', namespace)) ??
      (need === 'stages' ? await inside('ip', 'link add stage0 type ifb') : null) ??
      (await inside('tc', 'qdisc add dev lo clsact')) ??
      (await firstOf(need === 'stages' ? redirects : drops, (command) => inside('tc', command)))
    );
  } finally {
    await run('ip', 'netns', 'delete', namespace);
  }
}

async function firstOf(commands: readonly string[], run: (command: string) => Promise<string | null>) {
  for (const command of commands) {
    const complaint = await run(command);
    if (complaint !== null) return complaint;
  }
  return null;
}
