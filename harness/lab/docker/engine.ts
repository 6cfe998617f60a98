/** The way to a Docker Engine. Loaded only when one is wanted: dockerode is large, and a lab kernel slow at loading. */
import type Docker from 'dockerode';
import { realClock } from '../../base/clock.js';
import { badInput, messageOf } from '../../base/errors.js';
import { waitFor } from '../../base/wait.js';
import { sessionLabel } from './names.js';

/**
 * The engine that `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` name, as Docker's own command line has it;
 * without them the one that listens on this machine.
 * @param socket of another engine
 * @throws HarnessError `bad-input` when these variables make no sense
 */
export async function connect(socket?: string): Promise<Docker> {
  const { default: Client } = await import('dockerode');
  try {
    return socket === undefined ? new Client() : new Client({ socketPath: socket, host: '', protocol: 'http' });
  } catch (error) {
    throw badInput(
      `Docker: expected DOCKER_HOST and DOCKER_CERT_PATH to name an engine, got: ${messageOf(error)}`,
      error,
    );
  }
}

/**
 * Removes the containers and networks of a session, and nothing else. Harmless when there are none.
 * @returns what there was
 */
export async function removeSession(session: string, docker: Docker): Promise<string[]> {
  const filters = { label: [`${sessionLabel}=${session}`] };
  const list = () => docker.listContainers({ all: true, filters });
  const containers = await list();
  for (const { Id } of containers) {
    await unlessGone(docker.getContainer(Id).remove({ force: true, v: true }));
  }
  // Some were removing themselves; a network cannot be removed before them.
  const gone = async () => ((await list()).length === 0 ? true : undefined);
  await waitFor('containers to be removed', gone, { clock: realClock, withinSeconds: 60, everySeconds: 0.2 });
  const networks = await docker.listNetworks({ filters });
  for (const { Id } of networks) await unlessGone(docker.getNetwork(Id).remove());
  return [
    ...containers.map(({ Id, Names }) => `container ${Names[0]?.slice(1) ?? Id}`),
    ...networks.map(({ Name }) => `network ${Name}`),
  ];
}

/** As above, for a dead session; an engine that is not there any more has nothing of it. */
export async function removeFromEngine(session: string): Promise<string[]> {
  const docker = await connect();
  const there = await docker.ping().then(
    () => true,
    () => false,
  );
  if (!there) return [];
  const removed = await removeSession(session, docker);
  // The engine may have been making one more when the session died.
  await realClock.sleepUntil(realClock.now() + 2);
  return [...removed, ...(await removeSession(session, docker))];
}

// Not found, or being removed already: containers remove themselves when their session ends.
async function unlessGone(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
  });
}
