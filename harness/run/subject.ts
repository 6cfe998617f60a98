import type { Clock } from '../base/clock.js';
import type { Plan } from '../experiment/plan.js';
import type { Home } from '../lab/libraries.js';
import type { Build } from '../pool/build/stage.js';
import type { JournalEvent } from '../result/journal.js';
import type { Watch } from '../sim/passage.js';
import type { Outcome } from './outcome.js';

/** What an experiment is run on: a lab, or the simulator. */
export interface Subject {
  readonly name: string;
  readonly clock: 'real' | 'virtual' | 'simulated';
  /** Where it runs programs that it is given, instead of the machine's own; absent where it runs none. */
  home?(): Home;
  /** What is at work, where that is not what this machine has. */
  versions?(): Record<string, string | null>;
  /**
   * The plan as this subject can have it, where hosts or networks are what they are.
   * @throws HarnessError `bad-input` when there are none for it, `lab-broken` when they cannot be asked
   */
  place?(plan: Plan, context: PlaceContext): Promise<Plan>;
  /** What the command line has beside `--on` to choose it; absent where its name is enough. */
  readonly words?: readonly string[];
  /** @throws HarnessError `bad-input` when it cannot do what the plan asks for; nothing was started then */
  check(plan: Plan): void;
  /**
   * As `check`, for what has to be tried or made on this machine before a run can begin.
   * @param say told what takes its time, for people
   */
  tryOut?(plan: Plan, say: (line: string) => void): Promise<void>;
  /** Of all that can change a result, where the same plan, seed and fingerprint always give the same files. */
  fingerprint?(plan: Pick<Plan, 'hosts' | 'nanosecondsPerInstruction'>): string;
  /** Leaves its files in the folder. Throws only for a programmer's error: a broken lab is in the outcome. */
  perform(plan: Plan, context: SubjectContext): Promise<Outcome>;
}

export interface PlaceContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told what takes its time, for people. */
  say(line: string): void;
}

export interface SubjectContext {
  /** Exists, and holds `plan.json` and `logs/`. */
  readonly folder: string;
  readonly session: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Its programs are run instead of the machine's own; only for a subject that has a home for them. */
  readonly build?: Build | null;
  readonly onEvent: (event: JournalEvent) => void;
  /** Looks in on a simulation, and may end it; labs listen to the signal. */
  readonly watch?: Watch;
}
