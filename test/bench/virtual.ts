/**
 * How fast virtual time passes while requests are served and nothing fails: 3 elements and 3 users, 3 and 30, and the
 * paper's 10 and 100, at the paper's utilisation of 60 %; how long a run takes until it begins to deploy, and the most
 * memory that QEMU has. The last line is JSON, for scripts. Run it with `npm run bench:virtual [rounds]` on a machine
 * that does nothing else. The sizes take turns, so that a change of the machine's speed hits them alike.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { realClock } from '../../harness/base/clock.js';
import { temporaryFolder } from '../../harness/base/temporary.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { experiment, exponential, poolElement, poolUser, registrar, s } from '../../harness/index.js';
import { run } from '../../harness/run/run.js';
import { virtualSubject } from '../../harness/run/virtual-subject.js';
import { dualHomed } from '../../topologies/dual-homed.js';

const rounds = Number(process.argv[2] ?? 3);
const out = mkdtempSync(join(temporaryFolder(), 'rsplab-bench-'));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const steady = experiment({
  name: 'steady',
  vary: { elements: [3, 10], users: [3, 30, 100] },
  topology: ({ elements, users }) => dualHomed({ elements, users }),
  deploy: () => ({
    registrars: registrar(),
    elements: poolElement({ policy: 'LeastUsed', capacity: 1e6, cookieInterval: 1e6 }),
    users: poolUser({ requestSize: exponential(1e7), targetUtilisation: 0.6 }),
  }),
  phases: { settle: s(2), warmUp: s(30), measure: s(120), drain: s(1) },
});

const sizes = [
  { elements: 3, users: 3 },
  { elements: 3, users: 30 },
  { elements: 10, users: 100 },
].map((size) => ({ ...size, speed: [] as number[], deploySeconds: [] as number[], busy: 0, memoryMiB: 0 }));

for (let round = 1; round <= rounds; round++) {
  for (const size of sizes) {
    const { elements, users } = size;
    const plan = resolvePlan(steady, { seed: round, point: { elements, users } });
    const [began, watch] = [realClock.now(), setInterval(() => look(size), 500)];
    const { summary } = await run(plan, virtualSubject, {
      ...{ out, clock: realClock, signal: new AbortController().signal },
      onEvent: (event) => {
        if (event.event === 'phase' && event.phase === 'deploy') size.deploySeconds.push(realClock.now() - began);
        if (event.event === 'load') size.busy = event.busy;
      },
    });
    clearInterval(watch);
    if (summary.verdict === 'unknown') throw new Error(`${elements}/${users}: ${summary.reasons.join('; ')}`);
    size.speed.push(summary.machine!.speed!);
    console.log(
      `${elements}/${users}, round ${round}: ${summary.machine!.speed!.toFixed(1)} times as fast as real time`,
    );
  }
}

const rounded = (value: number) => Number(value.toFixed(1));
console.log(
  JSON.stringify(
    sizes.map(({ speed, deploySeconds, ...rest }) => ({
      ...rest,
      speed: rounded(median(speed)),
      // The first one may have made the snapshot.
      deploySeconds: rounded(Math.min(...deploySeconds)),
    })),
  ),
);

/** The most that a child of this process ever had, if it is QEMU. */
function look(size: { memoryMiB: number }): void {
  for (const thread of readdirSync('/proc/self/task')) {
    for (const pid of readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean)) {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        if (!/^Name:\s*qemu/.test(status)) continue;
        size.memoryMiB = Math.max(size.memoryMiB, Math.round(Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024));
      } catch {
        // It ended while we looked.
      }
    }
  }
}
