/** Boots a lab kernel for a test and has it run one of the modules in `inside/`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootLabKernel } from '../../dist/harness/lab/uml/boot.js';
import { bootVirtual } from '../../dist/harness/lab/virtual/boot.js';
import { bundleModule } from '../../dist/harness/lab/virtual/bundle.js';
import { newSession } from '../../harness/base/session.js';
import type { LabKernel } from '../../harness/lab/guest/kernel.js';
import { watchSteal } from './steal.js';
import { machineSetting } from './virtual-machine.js';

interface Errand {
  /** Of the module in `inside/`, which leaves `answer.json` in the run's folder. */
  readonly file: string;
  readonly session: string;
  readonly folder: string;
  readonly input: unknown;
  readonly onLine: (line: string) => void;
}

/** Runs `inside/NAME.mjs` in the machine in virtual time. @returns the module's answer */
export const runInVirtual = <T>(name: string, input: unknown): Promise<T> =>
  runOnce<T>(name, input, async ({ file, ...rest }) =>
    bootVirtual({
      ...rest,
      line: join(rest.folder, 'told'),
      job: { code: await bundleModule(file) },
      seed: 1,
      setting: machineSetting,
    }),
  );

/** Percentage of its CPUs that a machine's hypervisor may withhold; beyond it, what is late is not the lab's fault. */
const tolerableSteal = 20;

/**
 * Runs `inside/NAME.mjs` in user-mode Linux, and once more if the machine had too little computing time for it.
 * @returns the module's answer
 */
export async function runInUml<T>(name: string, input: unknown): Promise<T> {
  const stolenSince = watchSteal();
  const once = () =>
    runOnce<T>(name, input, ({ file, ...rest }) => bootLabKernel({ ...rest, module: file, memoryMiB: 1024 }));
  const [answer] = await Promise.allSettled([once()]);
  const stolen = stolenSince();
  if (stolen <= tolerableSteal) {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }
  console.log(`${name}: again, because the machine's hypervisor withheld ${stolen.toFixed(0)} % of its CPUs`);
  return once();
}

/** Real seconds; a kernel that takes longer hangs. */
const patienceSeconds = 500;

async function runOnce<T>(name: string, input: unknown, boot: (errand: Errand) => Promise<LabKernel>): Promise<T> {
  const lines: string[] = [];
  const session = newSession();
  // Called so that whoever looks for leftovers of the session finds it.
  const folder = mkdtempSync(join(tmpdir(), `rsplab-${session}-test-`));
  mkdirSync(join(folder, 'logs'));
  try {
    const file = fileURLToPath(new URL(`./inside/${name}.mjs`, import.meta.url));
    const kernel = await boot({ file, session, folder, input, onLine: (line) => lines.push(line) });
    const timeout = setTimeout(() => kernel.kill(), patienceSeconds * 1e3);
    const exitCode = await kernel.ended.finally(() => clearTimeout(timeout));
    if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${lines.slice(-20).join('\n')}`);
    return JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8')) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
