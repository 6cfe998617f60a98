/**
 * An engine of the lab's own, for a machine that is switched off afterwards, such as a lab kernel: it keeps everything
 * in memory, and nothing is cleaned up.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { labBroken } from '../../base/errors.js';
import { engineEnvironment, umlModules } from '../../base/tools.js';
import { waitFor } from '../../base/wait.js';
import type { Plan } from '../../experiment/plan.js';
import { faultKinds } from '../../fault/fault.js';
import type { Lab, LabContext, OpenLab } from '../lab.js';
import { startProcess } from '../process.js';
import { openOn } from './docker-lab.js';
import { connect } from './engine.js';
import { cachedImage, importImage } from './image.js';

/** To be opened in a lab kernel. */
export const ownEngineLab: Lab = { name: 'docker', faults: faultKinds, open };

async function open(plan: Plan, context: LabContext): Promise<OpenLab> {
  const docker = await startOwnEngine(context);
  // They go with the machine, in no time.
  return openOn(docker, plan, context, () => {});
}

export type EngineContext = Pick<LabContext, 'folder' | 'clock' | 'signal'>;

/** Starts the engine, with the image of hosts in it. It ends with our own process. */
export async function startOwnEngine(context: EngineContext): Promise<Docker> {
  const image = cachedImage();
  if (!image) throw labBroken('There is no image for hosts; `rsplab image build` makes it');
  await prepareKernel();
  const docker = await startEngine(context);
  await importImage(docker, image);
  return docker;
}

const home = '/run/rsplab-engine';
export const engineSocket = join(home, 'docker.sock');
const controllers = ['cpu', 'cpuacct', 'memory', 'pids', 'devices', 'freezer', 'blkio'];

/** Mounts what an engine expects to find. */
async function prepareKernel(): Promise<void> {
  const mount = (type: string, target: string, ...options: string[]) => {
    mkdirSync(target, { recursive: true });
    return execa('mount', ['-t', type, ...options, type, target]);
  };
  await execa('modprobe', ['--dirname', umlModules() ?? '/', 'overlay']);
  // Controllers are of one version or the other.
  await execa('umount', ['/sys/fs/cgroup']);
  await mount('tmpfs', '/sys/fs/cgroup');
  for (const name of controllers) await mount('cgroup', `/sys/fs/cgroup/${name}`, '-o', name);
  await mount('tmpfs', home, '-o', 'size=90%,mode=755');
}

async function startEngine({ folder, clock, signal }: EngineContext): Promise<Docker> {
  const environment = engineEnvironment();
  const start = (log: string, ...command: string[]) =>
    startProcess(command, { log: `logs/${log}.log`, workingDirectory: folder }, environment);
  const settings = join(home, 'containerd.toml');
  writeFileSync(settings, containerdSettings);
  await start('containerd', 'containerd', '--config', settings, '--log-level', 'warn');
  // Its key would go to /etc, which is the machine's own; there is no option for that.
  const daemonSettings = join(home, 'daemon.json');
  writeFileSync(daemonSettings, JSON.stringify({ 'deprecated-key-path': join(home, 'key.json') }));
  const engine = await start(
    'dockerd',
    ...['dockerd', '-H', `unix://${engineSocket}`, '--containerd', containerdSocket, '--config-file', daemonSettings],
    ...['--data-root', join(home, 'data'), '--exec-root', join(home, 'exec'), '--pidfile', join(home, 'pid')],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--log-level=warn'],
  );
  let over = false;
  engine.ended.finally(() => {
    over = true;
  });
  const docker = await connect(engineSocket);
  const answers = async () => {
    if (over) throw labBroken('The Docker Engine ended at once; logs/dockerd.log says why');
    return docker.ping().catch(() => undefined);
  };
  await waitFor('the Docker Engine to answer', answers, { clock, withinSeconds: 90, everySeconds: 0.25, signal });
  return docker;
}

const containerdSocket = join(home, 'containerd.sock');

/** The engine would start one that makes a folder in /opt, which is the machine's own. */
const containerdSettings = `version = 2
root = '${home}/containerd'
state = '${home}/containerd-state'
disabled_plugins = ['io.containerd.internal.v1.opt', 'io.containerd.grpc.v1.cri']
[grpc]
address = '${containerdSocket}'
`;
