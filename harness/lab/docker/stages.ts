/** The devices that faults need beside those that the engine makes; on the machine itself, so they must be removed. */
import { execa } from 'execa';
import { runBatch } from '../batch.js';
import { stagePrefix } from './names.js';

/** @returns those that there were */
export async function removeStages(session: string, environment: Record<string, string>): Promise<string[]> {
  const { stdout } = await execa('ip', ['-json', 'link', 'show', 'type', 'ifb'], { env: environment, reject: false });
  const links = JSON.parse(stdout || '[]') as { ifname?: string }[];
  const stages = links.flatMap(({ ifname }) => (ifname?.startsWith(stagePrefix(session)) ? ifname : []));
  await runBatch(
    ['ip'],
    stages.map((name) => ['link', 'delete', name]),
    environment,
  );
  return stages;
}
