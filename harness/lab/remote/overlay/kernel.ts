/**
 * A lab kernel on somebody's host, who need not be root there and whose own kernel need not know SCTP. It hangs on the
 * host's supervisor, and inside there is a supervisor of its own, to which we talk as to a host's.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../base/clock.js';
import { labBroken, messageOf } from '../../../base/errors.js';
import { Connection, patienceSeconds } from '../connection.js';
import { scriptOf } from '../scripts.js';
import type { OverlayFiles } from './image.js';

/** Of a kernel's memory the image takes 30 MB. */
const memoryMiB = 192;
/** The host's folder, as the kernel sees it. */
const inside = '/host';

/**
 * Brings the files for lab kernels to a host: into the run's own folder there, which goes with the run, or into one
 * that stays, where they are brought once for each version.
 * @param cache a folder there, seen from its user's home
 * @returns the folder with them
 */
export async function bringFiles(
  outer: Connection,
  { hash, linux, image }: OverlayFiles,
  cache: string | undefined,
): Promise<string> {
  const { folder } = await outer.there;
  if (cache === undefined) {
    await bring(outer, { linux, image }, folder);
    return folder;
  }
  const home = (await outer.must(['sh', '-c', 'cd && pwd'])).trim();
  const kept = `${cache.startsWith('/') ? cache : `${home}/${cache}`}/overlay-${hash}`;
  if ((await outer.do(['test', '-d', kept])).code === 0) return kept;
  // Whole or not at all: whoever comes second finds it there, or moves his own there instead.
  await outer.must(['mkdir', '-p', `${folder}/new`, kept.slice(0, kept.lastIndexOf('/'))]);
  await bring(outer, { linux, image }, `${folder}/new`);
  await outer.must(['sh', '-c', 'mv -T "$1" "$2" 2>/dev/null || test -d "$2"', 'mv', `${folder}/new`, kept]);
  return kept;
}

async function bring(outer: Connection, files: Readonly<Record<string, string>>, folder: string): Promise<void> {
  await Promise.all(Object.entries(files).map(([name, file]) => outer.unpack(file, `${folder}/${name}`)));
  await outer.must(['chmod', '700', `${folder}/linux`]);
}

export interface KernelSetting {
  readonly host: string;
  readonly label: string;
  readonly deadlineSeconds: number;
  /** Where `bringFiles` left them. */
  readonly files: string;
  /** Its ends of tunnels, for people. */
  readonly ends: readonly string[];
  /** For its command line. */
  readonly cards: readonly string[];
  /** For `ip -batch`. */
  readonly network: readonly string[];
  /** A folder of ours for what is on its way there. */
  readonly scratch: string;
}

/**
 * @param onLost told once why, when the kernel is gone that nobody closed
 * @throws HarnessError `lab-broken` when it does not boot, or has no such network, with its own words
 */
export async function bootKernel(
  outer: Connection,
  { host, label, deadlineSeconds, files, ends, cards, network, scratch }: KernelSetting,
  clock: Clock,
  onLost: (reason: string) => void,
): Promise<Connection> {
  const { folder } = await outer.there;
  const own = `${folder}/${host}`;
  await outer.must(['sh', '-c', 'mkdir "$1" "$1/orders" && mkfifo "$1/in" "$1/out"', 'mkdir', own]);
  const texts = {
    supervisor: scriptOf('supervisor'),
    terms: [label, patienceSeconds, Math.ceil(deadlineSeconds)].join(' '),
    network: `${network.join('\n')}\n`,
  };
  for (const [name, text] of Object.entries(texts)) {
    const file = join(scratch, `${host}-${name}`);
    writeFileSync(file, text);
    await outer.send(file, `${host}/${name}`);
  }
  const words = ['sh', '-c', scriptOf('overlay/boot'), 'boot', files, folder, host, `mem=${memoryMiB}M`, ...cards];
  const kernel = await outer.start(words, `${host}-kernel.log`);
  const connection = Connection.inside(outer, ['sh', '-c', scriptOf('overlay/talk'), 'talk', own], clock, {
    name: `The lab kernel of ${host}`,
    folder,
    onLost,
  });
  kernel.ended
    .then(({ exitCode, signal }) => connection.lose(`ended with ${signal ?? `exit code ${exitCode}`}`))
    .catch(() => {});
  try {
    await connection.untilReady(clock);
    // What is written there is beside what the host itself writes, and comes with it.
    const logs = `${(await connection.there).folder}/logs`;
    await connection.must(['sh', '-c', 'rmdir "$1" && ln -s "$2" "$1"', 'ln', logs, `${inside}/logs`]);
    return connection;
  } catch (error) {
    await connection.close();
    throw labBroken(
      `${host}: ${messageOf(error)}; expected free UDP ports at addresses of its own: ${ends.join(', ')}`,
    );
  }
}

/**
 * Waits until the tunnels carry what hosts send each other.
 * @param others by address, who has it, for people
 * @throws HarnessError `lab-broken` naming the first that does not answer
 */
export async function tryTunnels(
  connection: Connection,
  host: string,
  others: readonly { readonly own: string; readonly other: string; readonly way: string }[],
): Promise<void> {
  const tries = 10;
  for (const { own, other, way } of others) {
    const words = ['sh', '-c', script, 'ping', String(tries), own, other];
    const { code } = await connection.do(words);
    if (code === 0) continue;
    throw labBroken(`${host} gets no answer through the tunnel ${way}: is a firewall or address translation between?`);
  }
}

const script = 'for _ in $(seq "$1"); do ping -n -c 1 -W 1 -I "$2" "$3" >/dev/null && exit 0; sleep 0.2; done; exit 1';
