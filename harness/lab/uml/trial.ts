/** A lab kernel that boots, loads its modules, says which kernel it is and goes off again. */
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { realClock } from '../../base/clock.js';
import { labBroken } from '../../base/errors.js';
import { newSession } from '../../base/session.js';
import { temporaryFolder } from '../../base/temporary.js';
import type { Inside } from '../guest/job.js';
import { bootLabKernel } from './boot.js';

const patienceSeconds = 60;

/** @throws HarnessError `lab-broken` when the kernel does not boot or lacks what labs need */
export async function tryKernel(): Promise<{ kernel: string; seconds: number }> {
  const began = realClock.now();
  let kernel = '';
  const booted = await bootLabKernel({
    session: newSession(),
    folder: temporaryFolder(),
    module: fileURLToPath(import.meta.url),
    input: null,
    memoryMiB: 256,
    onLine: (line) => {
      if (line.startsWith(greeting)) kernel = line.slice(greeting.length);
    },
  });
  const timeout = setTimeout(() => booted.kill(), patienceSeconds * 1e3);
  const exitCode = await booted.ended.finally(() => clearTimeout(timeout));
  if (exitCode !== 0 || !kernel) throw labBroken(`The lab kernel's trial ended with exit code ${exitCode}`);
  return { kernel, seconds: realClock.now() - began };
}

const greeting = 'this is Linux ';

export const inside: Inside = async (_, { tell }) => {
  tell(`${greeting}${release()}`);
  return 0;
};
