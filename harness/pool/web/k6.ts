/** k6, for people who have it: an open load is what their script says, and it runs as a program of the machine's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { badInput } from '../../base/errors.js';
import { findOnMachine } from '../../base/tools.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import { lastLines } from '../files.js';

/** k6's own exit code for a run whose thresholds failed, which is a result like another. */
const thresholdsFailed = 99;
/** That of one which was asked to stop. */
const askedToStop = 105;
/** It lets iterations finish when it is asked to stop; longer than that nobody waits. */
const farewellSeconds = 10;
/** For reading a script and its options. */
const inspectSeconds = 60;

export interface K6Options {
  readonly script: string;
  /** Of the proxy; scripts find it as `__ENV.RSPLAB_URL`. */
  readonly target: string;
  readonly workspace: string;
  /** Files that it writes. */
  readonly points: string;
  readonly summary: string;
}

export interface K6Run {
  /** Resolves when it is over; rejects with why it was none. */
  readonly over: Promise<void>;
  stop(): Promise<void>;
}

export function startK6({ script, target, workspace, points, summary }: K6Options, program = k6Here()!): K6Run {
  const child = execa(program, ['run', '--out', `json=${points}`, '--summary-export', summary, script], {
    ...{ cwd: workspace, env: { RSPLAB_URL: target }, stdin: 'ignore', reject: false, all: true },
    ...{ maxBuffer: 2 ** 20, forceKillAfterDelay: 1e3 * farewellSeconds },
  });
  let stopped = false;
  const over = child.then(({ exitCode, signal, all }) => {
    if (exitCode === 0 || exitCode === thresholdsFailed) return;
    if (stopped && (exitCode === askedToStop || exitCode === undefined)) return;
    throw badInput(`k6 ended with ${signal ?? `exit code ${exitCode}`} on ${script}: ${lastLines(all)}`);
  });
  return {
    over,
    async stop() {
      stopped = true;
      child.kill('SIGINT');
      await over;
    },
  };
}

const k6Here = (): string | undefined => findOnMachine('k6');

/**
 * Whether the scripts of a plan can be run, as far as that can be told without running them.
 * @param program k6 itself
 * @throws HarnessError `bad-input` when k6 is not here, a script is not there, or k6 refuses it
 */
export async function checkK6(plan: Plan, lab: string, workspace: string, program = k6Here()): Promise<void> {
  for (const { name, role } of hostsWith(plan, 'poolUser')) {
    const script = role.load?.k6;
    if (!script) continue;
    const where = `${plan.experiment}.${name}.k6`;
    if (lab === 'virtual')
      throw badInput(`${where}: expected a lab whose hosts see this machine's programs, got virtual; take --on uml`);
    if (!existsSync(join(workspace, script)))
      throw badInput(`${where}: expected a script, got ${script}, which is not there`);
    if (!program) {
      const way = 'https://grafana.com/docs/k6/latest/set-up/install-k6/ says how to get it';
      throw badInput(`${where}: expected the program k6 on this machine to run ${script}, got none; ${way}`);
    }
    const { failed, all } = await execa(program, ['inspect', '--execution-requirements', script], {
      ...{ cwd: workspace, env: { RSPLAB_URL: 'http://127.0.0.1' }, stdin: 'ignore', reject: false, all: true },
      timeout: 1e3 * inspectSeconds,
    });
    if (failed) throw badInput(`${where}: expected a script that k6 takes, got ${script}: ${lastLines(all)}`);
  }
}
