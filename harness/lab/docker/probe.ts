import { hostname, release } from 'node:os';
import { messageOf } from '../../base/errors.js';
import type { Missing } from '../probe.js';
import { connect } from './engine.js';
import { findImage, importImage } from './image.js';

/** What the engine that Docker's users would reach lacks to be a lab. */
export async function probeEngine(): Promise<Missing[]> {
  const docker = await connect();
  try {
    const { Name, KernelVersion } = (await docker.info()) as { Name: string; KernelVersion: string };
    if (Name !== hostname() || KernelVersion !== release()) {
      const what = `a Docker Engine on this machine (DOCKER_HOST leads to ${Name})`;
      return [{ what, remedy: 'run rsplab on the machine of the engine' }];
    }
    if ((await findImage(docker)) === undefined) return [{ what: 'the image of hosts', remedy: 'rsplab image build' }];
    return [];
  } catch (error) {
    const remedy = `start it, set DOCKER_HOST, or use --on uml+docker (${messageOf(error)})`;
    return [{ what: 'a Docker Engine', remedy }];
  }
}

/** Gives the image to the engine that runs here, if one does. @returns its identifier there */
export async function offerImage(file: string): Promise<string | undefined> {
  const docker = await connect();
  const there = await docker.ping().then(
    () => true,
    () => false,
  );
  if (!there) return undefined;
  return (await findImage(docker)) ?? (await importImage(docker, file));
}
