/**
 * Machines to be reached over SSH, for tests: a lab kernel each, so each has its own SCTP, clock, users and files, joined
 * by bridges in a network namespace that only they are in. The one way in is `ssh -F` with the configuration they come with.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { newSession } from '../../harness/base/session.js';
import { findTool, toolEnvironment, umlModules } from '../../harness/base/tools.js';

export interface MachineOptions {
  readonly name: string;
  /** By network. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Whole seconds that its clock is ahead. */
  readonly clock?: number;
  /** Milliseconds for which what it sends is on its way, on all of these networks. */
  readonly delayMs?: number;
  /** Kernel modules that it lacks. */
  readonly without?: readonly string[];
}

export interface Machines extends AsyncDisposable {
  /** For `ssh -F`: `NAME` logs in as root, `lab@NAME` as an ordinary user. */
  readonly config: string;
  /** Switches a machine off, as if its plug were pulled. */
  switchOff(name: string): void;
  close(): Promise<void>;
}

const modules = [
  ...['hmac', 'md5', 'sha1_generic', 'crc32c_generic', 'sctp', 'af_packet'],
  ...['nf_tables', 'sch_netem', 'sch_ingress', 'cls_matchall', 'cls_flower', 'act_mirred', 'act_gact', 'ifb'],
];

/**
 * @param folder for their files; its path has no blanks
 * @returns when all of them can be logged in to
 */
export async function startMachines(folder: string, options: readonly MachineOptions[]): Promise<Machines> {
  const namespace = `rsplab-${newSession()}-machines`;
  const run = (words: readonly string[], input: readonly string[]) =>
    execa('ip', [...words, '-batch', '-'], { input: input.join('\n'), env: toolEnvironment() });
  const networks = ['control', ...new Set(options.flatMap(({ addresses }) => Object.keys(addresses)))];
  await run([], [`netns add ${namespace}`]);
  const children = new Map<string, ChildProcess>();
  const kill = (child: ChildProcess) => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It is gone.
    }
  };
  const close = async () => {
    for (const child of children.values()) kill(child);
    await run([], [`netns delete ${namespace}`]);
  };
  try {
    await run(
      ['-n', namespace],
      [
        ...networks.flatMap((name) => [`link add name ${name} type bridge`, `link set dev ${name} up`]),
        // Link-local: SCTP leaves such addresses out of associations that have others.
        'address add 169.254.99.254/24 dev control',
        ...options.flatMap(({ addresses }, at) =>
          ['control', ...Object.keys(addresses)].flatMap((network) => {
            const device = `${network}-${at}`;
            return [`tuntap add dev ${device} mode tap`, `link set dev ${device} master ${network} up`];
          }),
        ),
      ],
    );
    const config = await configure(folder, namespace, options);
    await Promise.all(
      options.map(async ({ name, addresses }, at) => {
        const devices = ['control', ...Object.keys(addresses)].map(
          (network, index) => `vec${index}:transport=tap,ifname=${network}-${at}`,
        );
        const child = boot(namespace, join(folder, name), devices);
        children.set(name, child);
        await untilListening(name, child);
      }),
    );
    return { config, close, switchOff: (name) => kill(children.get(name)!), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Writes what each machine is to be, and how ssh gets there. */
async function configure(folder: string, namespace: string, options: readonly MachineOptions[]): Promise<string> {
  for (const key of ['host', 'user']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  const [hostKey, userKey] = ['host.pub', 'user.pub'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const passwd = readFileSync('/etc/passwd', 'utf8').replace(/^root:.*$/m, 'root:x:0:0::/run/home/root:/bin/sh');
  options.forEach(({ name, addresses, clock = 0, delayMs = 0, without = [] }, at) => {
    const own = join(folder, name);
    mkdirSync(own);
    const write = (file: string, lines: readonly string[]) => writeFileSync(join(own, file), `${lines.join('\n')}\n`);
    const control = `169.254.99.${at + 1}`;
    const legs = [[control], ...Object.values(addresses)];
    const queues = Object.keys(addresses).map(
      (_, index) => `qdisc add dev vec${index + 1} root netem delay ${delayMs}ms`,
    );
    write('settings', [
      ...[`name=${name}`, `clock=${clock}`, `modules=${umlModules()}`],
      `names='${modules.filter((module) => !without.includes(module)).join(' ')}'`,
    ]);
    write('network', [
      ...legs.flatMap((own, index) => [
        ...own.map((address) => `address add ${address}/24 dev vec${index}`),
        `link set dev vec${index} up`,
      ]),
      'route add 224.0.0.0/4 dev vec1',
    ]);
    write('queues', delayMs > 0 ? queues : []);
    write('passwd', [passwd.trim(), 'lab:x:4711:4711::/run/home/lab:/bin/sh']);
    write('group', [readFileSync('/etc/group', 'utf8').trim(), 'lab:x:4711:']);
    write('host', [readFileSync(join(folder, 'host'), 'utf8').trim()]);
    write('user.pub', [userKey!.trim()]);
    write('sshd.conf', [
      ...['Port 22', `ListenAddress ${control}`, 'HostKey /run/machine/host', 'UsePAM no', 'StrictModes no'],
      ...['AuthorizedKeysFile /run/machine/user.pub', 'PidFile none', 'PermitRootLogin yes'],
    ]);
  });
  const known = options.map((_, at) => `169.254.99.${at + 1} ${hostKey!.trim()}`);
  writeFileSync(join(folder, 'known'), `${known.join('\n')}\n`);
  const hosts = options.flatMap(({ name }, at) => [
    `Host ${name}`,
    `  HostName 169.254.99.${at + 1}`,
    ...[
      `  IdentityFile ${join(folder, 'user')}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${join(folder, 'known')}`,
    ],
    `  ProxyCommand nsenter --net=/run/netns/${namespace} busybox nc %h %p`,
  ]);
  const config = join(folder, 'ssh.conf');
  writeFileSync(config, `${hosts.join('\n')}\n`);
  return config;
}

const init = fileURLToPath(new URL('inside/machine.sh', import.meta.url));

function boot(namespace: string, folder: string, devices: readonly string[]): ChildProcess {
  const kernel = [
    ...['rootfstype=hostfs', 'rootflags=/', 'rw', 'quiet', `init=${init}`, `RSPLAB_MACHINE=${folder}`],
    ...['mem=160M', 'con=null', 'con0=fd:0,fd:1', `uml_dir=${folder}/`, 'umid=kernel', ...devices],
  ];
  // Somebody's machine has a processor of its own: what else goes on here is not to slow it down.
  return spawn(
    'nice',
    ['-n', '-15', 'nsenter', `--net=/run/netns/${namespace}`, '--', findTool('linux.uml')!, ...kernel],
    {
      // All processes of a kernel are in its group.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PATH: toolEnvironment().PATH!, TMPDIR: '/dev/shm' },
    },
  );
}

async function untilListening(name: string, child: ChildProcess): Promise<void> {
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on('line', (line) => {
        said.push(line);
        if (line.includes('Server listening')) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said.slice(-10).join(' | ')}`)));
  });
}
