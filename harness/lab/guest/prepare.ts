/** What every lab kernel has to do inside before and while it runs a job. */
import { type HarnessError, interrupted, messageOf } from '../../base/errors.js';
import { faultModules } from '../leg.js';
import type { Host, Inside } from './job.js';

/** Kernel modules. hmac, md5 and sha1 before sctp: without them its listen() fails with ENOSYS. */
export const kernelModules = [
  ...['hmac', 'md5', 'sha1_generic', 'crc32c_generic', 'sctp', 'sch_netem', 'veth', 'bridge', 'af_packet'],
  ...faultModules,
];

/** Why a job ends early that the host asks to stop. */
export const stoppedByHost = (): HarnessError => interrupted('The run was asked to stop');

/** @returns the job's exit code; a job that throws has said why and ends with 1 */
export async function runJob(work: () => Promise<Inside>, input: unknown, host: Host): Promise<number> {
  try {
    const inside = await work();
    return await inside(input, host);
  } catch (error) {
    console.log(`The lab kernel's job failed: ${error instanceof Error ? error.stack : messageOf(error)}`);
    return 1;
  }
}
