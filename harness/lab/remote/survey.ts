/** What the hosts of an inventory are and have, as they say themselves, before anything is started on them. */
import { badInput } from '../../base/errors.js';
import type { Missing } from '../probe.js';
import type { InventoryHost, Way } from './inventory.js';
import type { Pair } from './machine.js';
import { scriptOf } from './scripts.js';
import { runOnce } from './ssh.js';

export interface HostSurvey {
  readonly ssh: string;
  readonly right: InventoryHost['right'];
  readonly kernel: string | null;
  /** RSPLIB's version, by its library. */
  readonly rsplib: string | null;
  /** What keeps its clock says of it; null where nothing does. */
  readonly time: string | null;
  readonly canCapture: boolean;
  /** What it lacks for a run. */
  readonly missing: readonly Missing[];
  /** What it lacks for captures and faults that its right would allow. */
  readonly wanting: readonly Missing[];
  /** Round trips between two addresses, seconds, in the order in which they were seen; none where nothing answered. */
  readonly roundTrips: ReadonlyMap<string, readonly number[]>;
}

export const pairKey = ([own, other]: Pair): string => `${own} ${other}`;

/**
 * Asks one machine; opens and closes a connection for it.
 * @param pairs whose round trips are measured, by ICMP
 */
export async function surveyHost(
  { ssh, right }: Pick<InventoryHost, 'ssh' | 'right'>,
  { config, way }: { readonly config: string | undefined; readonly way: Way },
  pairs: readonly Pair[] = [],
): Promise<HostSurvey> {
  const words = ['sh', '-c', scriptOf('probe'), 'probe', way === 'overlay' ? 'user' : right, ...pairs.flat()];
  const { text, complaint, exitCode } = await runOnce({ destination: ssh, config }, words, 120);
  const none = { kernel: null, rsplib: null, time: null, canCapture: false, wanting: [], roundTrips: new Map() };
  if (!text.includes('uid ')) {
    const why = complaint || (exitCode === null ? 'no answer within 120 s' : `exit code ${exitCode}`);
    return { ssh, right, ...none, missing: [{ what: `a login (${why})`, remedy: `ssh ${ssh} true` }] };
  }
  const survey = way === 'overlay' ? readForOverlay(text) : readSurvey(text, right);
  return { ssh, right, ...survey };
}

type Survey = Omit<HostSurvey, 'ssh' | 'right'>;

/** What follows each word that `probe.sh` says. */
function wordsOf(text: string) {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const saidOf = (word: string) => lines.filter(([first]) => first === word).map(([, ...rest]) => rest.join(' '));
  const roundTrips = new Map(
    lines
      .filter(([word]) => word === 'ping')
      .map(([, own, other, ...times]) => [pairKey([own!, other!]), times.map((time) => Number(time) / 1e3)]),
  );
  return { saidOf, roundTrips };
}

/** Debian's user-mode Linux is for these machines, and for glibc 2.34 or later. */
const [processor, glibcMinor] = ['x86_64', 34];

/** Reads what `probe.sh` says of a host that a lab kernel is to run on, which brings nearly all it needs. */
export function readForOverlay(text: string): Survey {
  const { saidOf, roundTrips } = wordsOf(text);
  const [has, [system = ''], [machine], [libc = '']] = [
    new Set(saidOf('has')),
    saidOf('system'),
    saidOf('machine'),
    saidOf('libc'),
  ];
  const lacking = (programs: readonly string[]) =>
    programs
      .filter((program) => !has.has(program))
      .map((what) => ({ what, remedy: remedyFor(system, packageOf[what]!) }));
  const missing = lacking(['setsid', 'mktemp', 'mkfifo', 'gzip']);
  const another = 'another host, or rsplab’s own way on this one (way: native)';
  if (machine !== processor) missing.push({ what: `a processor of kind ${processor}`, remedy: another });
  if (!(Number(/^glibc 2\.(\d+)/.exec(libc)?.[1]) >= glibcMinor))
    missing.push({ what: `glibc 2.${glibcMinor} or later`, remedy: another });
  return {
    kernel: saidOf('kernel')[0] ?? null,
    rsplib: null,
    time: saidOf('time').find((it) => it !== '') ?? null,
    canCapture: true,
    missing,
    wanting: lacking(['ping']).map(({ what, remedy }) => ({ what: `${what} (delays)`, remedy })),
    roundTrips,
  };
}

/** Reads what `probe.sh` says of a host that is to be a host of the experiment itself. */
export function readSurvey(text: string, right: InventoryHost['right']): Survey {
  const { saidOf, roundTrips } = wordsOf(text);
  const [has, may, [system = '']] = [new Set(saidOf('has')), new Set(saidOf('may')), saidOf('system')];
  const lacks = (programs: readonly string[]) => programs.filter((program) => !has.has(program));
  const get = (packages: Packages) => remedyFor(system, packages);
  const missing: Missing[] = [
    ...lacks(['rspregistrar', 'rspserver', 'calcappclient']).map((what) => ({ what, remedy: get(packageOf[what]!) })),
    ...lacks(['setsid', 'mktemp']).map((what) => ({ what, remedy: get(packageOf[what]!) })),
    ...(saidOf('sctp').length > 0 ? [] : [{ what: 'SCTP in the kernel', remedy: sctpRemedy(system) }]),
  ];
  if (right === 'root' && saidOf('uid')[0] !== '0')
    missing.push({ what: 'root', remedy: "log in as root, or say right: 'sudo' or 'user' in the inventory" });
  if (right === 'sudo' && !may.has('be-root'))
    missing.push({ what: 'sudo without a password', remedy: "a line in sudoers, or right: 'user' in the inventory" });
  const wanting: Missing[] = lacks(['ping']).map((what) => ({
    what: `${what} (delays)`,
    remedy: get(packageOf.ping!),
  }));
  if (right !== 'user') {
    wanting.push(
      ...lacks(['dumpcap']).map((what) => ({ what: `${what} (captures)`, remedy: get(packageOf.dumpcap!) })),
      ...lacks(['tc', 'ip']).map((what) => ({ what: `${what} (faults of networks)`, remedy: get(packageOf.tc!) })),
      ...(['filter', 'impair'] as const)
        .filter((it) => !may.has(it))
        .map((it) => ({
          what: it === 'filter' ? 'filters of tc (faults of networks)' : 'netem (impair)',
          remedy: `a kernel with ${it === 'filter' ? 'ifb, sch_ingress, cls_flower' : 'sch_netem'}`,
        })),
    );
  }
  return {
    kernel: saidOf('kernel')[0] ?? null,
    // Links of shorter names lie beside the library itself.
    rsplib: saidOf('rsplib').toSorted((a, b) => b.length - a.length)[0] ?? null,
    time: saidOf('time').find((it) => it !== '') ?? null,
    canCapture: right !== 'user' && has.has('dumpcap'),
    missing,
    wanting,
    roundTrips,
  };
}

interface Packages {
  readonly debian: string;
  readonly fedora: string;
}

const packageOf: Readonly<Record<string, Packages>> = {
  rspregistrar: { debian: 'rsplib-registrar', fedora: 'rsplib-registrar' },
  rspserver: { debian: 'rsplib-tools', fedora: 'rsplib-tools' },
  calcappclient: { debian: 'rsplib-services', fedora: 'rsplib-services' },
  setsid: { debian: 'util-linux', fedora: 'util-linux' },
  mktemp: { debian: 'coreutils', fedora: 'coreutils' },
  mkfifo: { debian: 'coreutils', fedora: 'coreutils' },
  gzip: { debian: 'gzip', fedora: 'gzip' },
  ping: { debian: 'iputils-ping', fedora: 'iputils' },
  dumpcap: { debian: 'wireshark-common', fedora: 'wireshark-cli' },
  tc: { debian: 'iproute2', fedora: 'iproute-tc' },
};

const remedyFor = (system: string, { debian, fedora }: Packages): string =>
  /fedora|rhel|centos/.test(system) ? `sudo dnf install ${fedora}` : `sudo apt-get install ${debian}`;

const sctpRemedy = (system: string): string =>
  /fedora|rhel|centos/.test(system)
    ? 'sudo dnf install kernel-modules-extra; sudo modprobe sctp'
    : 'sudo modprobe sctp';

/** @throws HarnessError `bad-input` naming the first thing that a run cannot do without, and where */
export function expectComplete(surveys: readonly HostSurvey[]): void {
  const lacking = surveys.find(({ missing }) => missing.length > 0);
  if (!lacking) return;
  const { what, remedy } = lacking.missing[0]!;
  throw badInput(`--inventory: expected ${what} on ${lacking.ssh}, got none; ${remedy}; see rsplab remote prepare`);
}
