/** Boots a lab kernel for a test and has it run one of the modules in `inside/`. */
import { fileURLToPath } from 'node:url';
import { bootLabKernel } from '../../dist/harness/lab/uml/boot.js';
import { newSession } from '../../harness/base/session.js';
import { watchSteal } from './steal.js';

/** Percentage of its CPUs that a machine's hypervisor may withhold; beyond it, what is late is not the lab's fault. */
const tolerableSteal = 20;

/**
 * Runs `inside/NAME.mjs` in a lab kernel, and once more if the machine had too little computing time for it.
 * @returns what the module printed as its last line of JSON
 */
export async function runInside<T>(name: string, input: unknown): Promise<T> {
  const stolenSince = watchSteal();
  const [answer] = await Promise.allSettled([runOnce<T>(name, input)]);
  const stolen = stolenSince();
  if (stolen <= tolerableSteal) {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }
  console.log(`${name}: again, because the machine's hypervisor withheld ${stolen.toFixed(0)} % of its CPUs`);
  return runOnce<T>(name, input);
}

async function runOnce<T>(name: string, input: unknown): Promise<T> {
  const lines: string[] = [];
  const kernel = await bootLabKernel({
    session: newSession(),
    module: fileURLToPath(new URL(`./inside/${name}.mjs`, import.meta.url)),
    input,
    memoryMiB: 1024,
    onLine: (line) => lines.push(line),
  });
  const timeout = setTimeout(() => kernel.kill(), 280_000);
  const exitCode = await kernel.ended.finally(() => clearTimeout(timeout));
  const answer = lines.findLast((line) => line.startsWith('{'));
  if (exitCode !== 0 || !answer) throw new Error(`${name} ended with ${exitCode}: ${lines.slice(-20).join('\n')}`);
  return JSON.parse(answer) as T;
}
