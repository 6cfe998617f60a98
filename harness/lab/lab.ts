/**
 * The contract of a lab: where hosts and networks are made. A lab knows nothing of RSerPool; it starts processes on
 * hosts, cuts and impairs their legs, and says how well it kept up.
 */
import type { Clock } from '../base/clock.js';
import type { Plan } from '../experiment/plan.js';
import type { FaultKind } from '../fault/fault.js';
import type { Condition } from './conditions.js';
import type { Association } from './kernel.js';

export interface Lab {
  readonly name: string;
  /** Faults whose effect this lab can produce; a plan that asks for another is refused before anything starts. */
  readonly faults: readonly FaultKind[];
  /** Makes the networks and hosts of the plan; what it opened, `close` removes, whatever happened in between. */
  open(plan: Plan, context: LabContext): Promise<OpenLab>;
}

export interface LabContext {
  /** Labels everything that is made, so that it can be found and removed later. */
  readonly session: string;
  /** Where captures and logs go; exists. */
  readonly folder: string;
  /** Another folder that hosts have to see, at the same path. */
  readonly programs?: string | undefined;
  readonly clock: Clock;
  /** Whether the clock is a count of instructions: nobody waits for a processor that others use. */
  readonly virtualTime?: boolean | undefined;
  readonly signal: AbortSignal;
}

export interface OpenLab {
  readonly name: string;
  readonly kernel: string;
  readonly hosts: ReadonlyMap<string, LabHost>;
  /** Whether every look at a host costs so much that nobody looks without need. */
  readonly isDearToAsk?: boolean;
  /** What was read back when it was opened, beyond what every run has; for people. */
  readonly notes: readonly string[];
  /** Ends the capture of all networks and says what it missed. */
  stopCapture(): Promise<CaptureReport>;
  /** What the networks were like while components ran, for people; asked once, while they still do. */
  remarks?(): Promise<string[]>;
  /** What went wrong with the emulation itself; empty when the run can be trusted. */
  troubles(): Promise<string[]>;
  close(): Promise<void>;
}

export interface CaptureReport {
  readonly file: string;
  readonly captured: number;
  readonly dropped: number;
}

export interface LabHost {
  readonly name: string;
  /** The addresses it has now, one per leg; see {@link LabHost.readdress}. */
  readonly addresses: readonly string[];
  start(command: readonly string[], options: StartOptions): Promise<LabProcess>;
  /**
   * Puts the host under this condition as well, until it is lifted by the same name. What it is to be like is made of
   * all conditions that it is under.
   * @returns what shows that it is so
   * @throws HarnessError `lab-broken` when the kernel says otherwise
   */
  impose(name: string, condition: Condition): Promise<string>;
  /** @returns what the condition did while it lasted, as far as the kernel counts it */
  lift(name: string): Promise<string>;
  /** Packets that left the host since it was made, over all networks. */
  packetsSent(): Promise<number>;
  /** Its SCTP associations at this moment; none while no process runs on it. */
  associations(): Promise<Association[]>;
  /** Gives every leg a fresh address, as if the host were a new one. The links must be down. */
  readdress(): Promise<void>;
  /**
   * Has its kernel forget everything, as after a loss of power: else the associations of a dead process live on, for
   * minutes where their peers are out of reach, and keep their ports. No process may run on it. Does nothing in a lab
   * that cannot.
   */
  reboot(): Promise<void>;
}

export interface StartOptions {
  /** File, seen from the working directory, that gets everything the process prints. */
  readonly log: string;
  /** File that gets the standard output instead, for programs that put out data. */
  readonly output?: string;
  readonly workingDirectory: string;
  /** The program is the machine's and sees its files: only the network is the host's. @defaultValue false */
  readonly ofMachine?: boolean;
}

export interface LabProcess {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  /** The one letter that its kernel has for its state; absent where that is this machine's own, or shares its /proc. */
  state?(): Promise<string | undefined>;
  /** @throws HarnessError `lab-broken` when the process is gone already */
  signal(name: 'SIGINT' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}
