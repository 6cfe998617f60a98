/**
 * What Linux tells in `/proc` about a namespace and its processes: files instead of commands, for commands are slow.
 * They are read at once, as the kernel makes them while they are read: a thread that waits for it would only cost more.
 */
import { readFileSync } from 'node:fs';

/** Packets received by each device of the namespace that the process lives in. */
export async function packetsReceived(pid: number): Promise<Map<string, number>> {
  const text = readFileSync(`/proc/${pid}/net/dev`, 'utf8');
  return new Map(
    text
      .split('\n')
      .slice(2)
      .filter((line) => line.includes(':'))
      .map((line) => {
        const [device, counters] = line.split(':') as [string, string];
        return [device.trim(), Number(counters.trim().split(/\s+/)[1])];
      }),
  );
}

/** One-letter state of a process, e.g. `T` for stopped; undefined when there is no such process. */
export async function processState(pid: number): Promise<string | undefined> {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may itself hold anything.
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

/** An SCTP association as the kernel lists it. */
export interface Association {
  readonly localPort: number;
  readonly remotePort: number;
  readonly localAddresses: readonly string[];
  readonly remoteAddresses: readonly string[];
  readonly established: boolean;
}

/** The SCTP associations of the namespace that the process lives in; none when the process is gone. */
export async function associationsOf(pid: number): Promise<Association[]> {
  return parseAssociations(readIfThere(`/proc/${pid}/net/sctp/assocs`) ?? '');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const established = '3';

/**
 * Addresses of peers to which SCTP never got through: the kernel lists them, and has had no answer to any heartbeat
 * there (`/proc/net/sctp/remaddr`; RFC 9260, section 5.4: path verification).
 */
export function parseUnconfirmed(text: string): string[] {
  const [header = '', ...lines] = text.split('\n');
  const state = header.trim().split(/\s+/).indexOf('STATE');
  const paths = lines.map((line) => line.trim().split(/\s+/)).filter((words) => words.length > state);
  return [...new Set(paths.filter((words) => words[state] === unconfirmed).map(([address]) => address!))];
}

/** `SCTP_UNCONFIRMED` of Linux's `enum sctp_spinfo_state`. */
const unconfirmed = '3';

export function parseAssociations(text: string): Association[] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line.includes('<->'))
    .map((line) => {
      const [local, remote] = line.split('<->').map((side) => side.trim().split(/\s+/)) as [string[], string[]];
      // Addresses end where the counters begin: those hold no dots. An asterisk marks the primary path.
      const addresses = (words: string[]) =>
        words.filter((word) => word.includes('.')).map((word) => word.replace('*', ''));
      return {
        localPort: Number(local[11]),
        remotePort: Number(local[12]),
        localAddresses: addresses(local),
        remoteAddresses: addresses(remote),
        established: local[4] === established,
      };
    });
}
