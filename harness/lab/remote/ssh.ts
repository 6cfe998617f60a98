/**
 * OpenSSH's own client, with what a person has set up for it: configuration, jump hosts, agent, keys and known hosts.
 * One connection a host, in the foreground; all else that goes to the host goes through it.
 */
import { execa } from 'execa';
import { badInput, labBroken } from '../../base/errors.js';
import { findTool } from '../../base/tools.js';
import { shellCommand } from './quote.js';

export interface SshTarget {
  readonly destination: string;
  /** Another file than the person's own configuration. */
  readonly config?: string | undefined;
  /** Where the connection can be shared: a socket's path, of fewer than 108 letters. */
  readonly socket: string;
}

/** A connection that says nothing for this long is gone. */
export const goneSeconds = 9;

/** Settings of a person's own that would make of our connection something else. */
const plain = [
  ...['-T', '-x', '-o', 'BatchMode=yes', '-o', 'EscapeChar=none', '-o', 'RemoteCommand=none'],
  ...['-o', 'ClearAllForwardings=yes', '-o', 'PermitLocalCommand=no', '-o', 'ForkAfterAuthentication=no'],
];
const alive = [
  '-o',
  `ServerAliveInterval=${goneSeconds / 3}`,
  '-o',
  'ServerAliveCountMax=3',
  '-o',
  'ConnectTimeout=15',
];

const client = (): string => {
  const found = findTool('ssh');
  if (!found) throw badInput('lab remote: expected OpenSSH’s client, got none; install Debian’s openssh-client');
  return found;
};

const reach = ({ config, socket }: SshTarget): string[] => [
  ...(config === undefined ? [] : ['-F', config]),
  ...plain,
  ...['-S', socket],
];

// In a group of its own: Ctrl-C in a terminal is for us, who then end it in good order.
const talking = { stdin: 'pipe', buffer: false, reject: false, detached: true, cleanup: true } as const;

/** Opens the connection by a command that holds it open; it ends when the command does. */
export const openMaster = (target: SshTarget, words: readonly string[]) => {
  const share = ['-o', 'ControlMaster=yes', '-o', 'ControlPersist=no'];
  const command = [...reach(target), ...alive, ...share, '--', target.destination, shellCommand(words)];
  return execa(client(), command, talking);
};

/** The words that run a command through the connection, and never make another one. */
export const throughMaster = (target: SshTarget, words: readonly string[]): string[] => [
  ...[client(), ...reach(target), '-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'],
  ...['--', target.destination, shellCommand(words)],
];

/** Runs a command through the connection that is talked with. */
export const talkThrough = (target: SshTarget, words: readonly string[]) => {
  const [file, ...rest] = throughMaster(target, words);
  return execa(file!, rest, talking);
};

/** Runs one command without an open connection. @returns what it printed and its exit code; 255 is ssh's own */
export async function runOnce(target: Omit<SshTarget, 'socket'>, words: readonly string[], withinSeconds = 30) {
  const command = [...reach({ ...target, socket: 'none' }), ...alive, '--', target.destination, shellCommand(words)];
  const { stdout, stderr, exitCode } = await execa(client(), command, {
    stdin: 'ignore',
    reject: false,
    timeout: withinSeconds * 1e3,
  });
  return { text: stdout, complaint: stderr.trim().split('\n').at(-1) ?? '', exitCode: exitCode ?? null };
}

/**
 * Has a file's bytes go to or come from the host.
 * @throws HarnessError `lab-broken` with what ssh or the host said
 */
export async function transfer(
  target: SshTarget,
  words: readonly string[],
  end: { readonly from: string } | { readonly to: string },
): Promise<void> {
  const [file, ...rest] = throughMaster(target, words);
  const { failed, stderr } = await execa(file!, rest, {
    reject: false,
    buffer: { stdout: false, stderr: true },
    ...('from' in end ? { stdin: { file: end.from } } : { stdin: 'ignore', stdout: { file: end.to } }),
  });
  if (failed) throw labBroken(`${target.destination}: ${words.join(' ')}: ${stderr.trim()}`);
}
