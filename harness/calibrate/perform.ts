/** A calibration on an open lab, step by step. Where the lab is, inside a lab kernel or here, this runs. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { labBroken } from '../base/errors.js';
import { randomFrom } from '../base/random.js';
import { Scope } from '../base/scope.js';
import { writeWhole } from '../base/write-whole.js';
import type { Plan } from '../experiment/plan.js';
import type { Lab, LabHost, OpenLab } from '../lab/lab.js';
import { poolDriver } from '../pool/driver/driver.js';
import { captureTrialsOf } from './capture-trials.js';
import { denseEvery, type Injection } from './injection.js';
import { type Form, trialsOf } from './network.js';
import { Prober, type Train } from './probe.js';
import { type Recording, recordingFile, type Step } from './recording.js';
import { clockSteps, type LoadName, lateness, watchTimers } from './timers.js';
import { calibrationPlan } from './topology.js';

export interface CalibrateOptions {
  readonly form: Form;
  readonly lab: Lab;
  readonly folder: string;
  readonly session: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onStep: (step: Step) => void;
}

/** Three of each for the full form, whose deployment is part of the load; as many hosts as are needed otherwise. */
export const planFor = (form: Form): Plan => calibrationPlan(form === 'full' ? 3 : 1);

/**
 * Leaves the recording and the capture in the folder.
 * @throws HarnessError `lab-broken` when the lab cannot do what a calibration asks of it
 */
export async function performCalibration(options: CalibrateOptions): Promise<void> {
  const { form, lab, folder, session, clock, signal } = options;
  await using scope = new Scope();
  const plan = planFor(form);
  const steps = new Steps(options);
  steps.enter('making hosts and networks', null, openingSeconds(lab.name, plan));
  const open = await lab.open(plan, { session, folder, clock, signal });
  scope.defer(`lab ${lab.name}`, () => open.close());
  const bench = new Bench(options, open, steps);
  const idle = await bench.idleTimers();
  const probes = await bench.probes();
  const injections = await bench.injections();
  const deployment = form === 'full' ? await bench.deployment(plan) : null;
  steps.enter('collecting the capture', null);
  const troubles = await open.troubles();
  const { dropped } = await open.stopCapture();
  const recording: Recording = {
    kernel: open.kernel,
    trains: probes.trains,
    ...injections,
    clockSteps: idle.steps,
    late: { idle: idle.late, probes: probes.late, ...(deployment && { deployment }) },
    missed: dropped,
    troubles,
  };
  writeWhole(join(folder, recordingFile), JSON.stringify(recording));
  await scope.close();
}

/** What each part takes, in seconds, as measured in a lab kernel. */
const openingSeconds = (lab: string, { hosts }: Plan): number => (lab === 'docker' ? 20 + 10 * hosts.length : 6);
const idleTimers = { full: 1000, quick: 400 };
const injected = { full: 40, quick: 12 };
const deploymentSeconds = { deploy: 12, watch: 15 };

/** Says which step is next, and how long is left. */
class Steps {
  #left: number;

  constructor(private readonly options: CalibrateOptions) {
    const { form, lab } = options;
    const trials = [...trialsOf(form), ...captureTrialsOf(form)];
    const { deploy, watch } = deploymentSeconds;
    this.#left =
      openingSeconds(lab.name, planFor(form)) +
      idleTimers[form] * 0.007 +
      trials.reduce((sum, { seconds }) => sum + seconds, 0) +
      injected[form] * 0.8 +
      (form === 'full' ? deploy + watch : 0) +
      2;
  }

  enter(step: string, load: LoadName | null, seconds = 0): void {
    this.options.onStep({ step, load, secondsLeft: Math.max(1, Math.round(this.#left)) });
    this.#left -= seconds;
  }
}

/** The open lab with the two hosts between which everything is measured. */
class Bench {
  readonly #prober: Prober;
  readonly #source: LabHost;
  readonly #target: LabHost;
  readonly #network = 'red';

  constructor(
    private readonly options: CalibrateOptions,
    private readonly lab: OpenLab,
    private readonly steps: Steps,
  ) {
    this.#prober = new Prober(options.folder, options.clock);
    this.#source = lab.hosts.get('pu1')!;
    this.#target = lab.hosts.get('pe1')!;
  }

  async idleTimers(): Promise<{ steps: number[]; late: number[] }> {
    const { clock, form, signal } = this.options;
    // The first train starts what stays on a host, and is none of those that count.
    this.steps.enter('warming up', null);
    await this.#prober.send(this.#source, this.#target, { packets: 20, every: 0.005 });
    this.steps.enter('timers of an idle lab', 'idle', idleTimers[form] * 0.007);
    const late = await lateness(clock, idleTimers[form], randomFrom(1, 'timers'), signal);
    return { steps: clockSteps(clock, 1000), late };
  }

  /** Every trial of the network, then those of the capture. */
  async probes(): Promise<{ trains: Record<string, Train>; late: number[] }> {
    const { clock, form, signal } = this.options;
    const trains: Record<string, Train> = {};
    const stop = watchTimers(clock, signal);
    for (const { key, title, impairment, both, shape, seconds } of trialsOf(form)) {
      this.steps.enter(title, 'probes', seconds);
      const worse = { kind: 'worse', network: this.#network, direction: 'in', impairment } as const;
      const hosts = both ? [this.#target, this.#source] : [this.#target];
      for (const host of hosts) await host.impose(key, worse);
      trains[key] = await this.#send(shape);
      for (const host of hosts) await host.lift(key);
    }
    for (const { key, title, shape, seconds } of captureTrialsOf(form)) {
      this.steps.enter(title, 'probes', seconds);
      trains[key] = await this.#send(shape);
      // The capture may lag behind.
      await clock.sleepUntil(clock.now() + 0.3, signal);
    }
    return { trains, late: stop() };
  }

  async #send(shape: Parameters<Prober['send']>[2]): Promise<Train> {
    this.options.signal.throwIfAborted();
    const train = await this.#prober.send(this.#source, this.#target, shape);
    if (train.transmitted === 0) throw labBroken('A train of packets could not be sent; logs/ says why');
    return train;
  }

  async injections(): Promise<{ cuts: Injection[]; kills: Injection[] }> {
    const count = injected[this.options.form];
    this.steps.enter(`${count} link cuts`, null, count * 0.4);
    const cuts = await this.#cuts(count);
    this.steps.enter(`${count} process kills`, null, count * 0.4);
    return { cuts, kills: await this.#kills(count) };
  }

  /** One dense train, through which the other host's link is cut again and again. */
  async #cuts(count: number): Promise<Injection[]> {
    const { ident, process } = await this.#dense();
    const cuts: Injection[] = [];
    for (let at = 0; at < count; at++) {
      const cut = () => this.#target.impose('cut', { kind: 'down', network: this.#network });
      cuts.push(await this.#injected(ident, 0.15 + 0.01 * (at % 7), cut));
      await this.#target.lift('cut');
    }
    process.signal('SIGINT');
    await process.ended;
    return cuts;
  }

  /** The dense train is sent by the process that is killed. */
  async #kills(count: number): Promise<Injection[]> {
    const kills: Injection[] = [];
    for (let at = 0; at < count; at++) {
      const { ident, process } = await this.#dense();
      const kill = async () => {
        process.signal('SIGKILL');
        await process.ended;
      };
      kills.push(await this.#injected(ident, 0.15 + 0.01 * (at % 7), kill));
    }
    return kills;
  }

  #dense() {
    // More than it will come to; it is ended by its process.
    return this.#prober.run(this.#source, this.#target, { packets: 60_000, every: denseEvery });
  }

  /** As the injector of runs does: waits for the time, notes it, acts. */
  async #injected(ident: number, after: number, act: () => Promise<unknown>): Promise<Injection> {
    const { clock, signal } = this.options;
    const intendedAt = clock.now() + after;
    await clock.sleepUntil(intendedAt, signal);
    const injectedAt = clock.now();
    await act();
    await clock.sleepUntil(clock.now() + 0.03, signal);
    return { ident, intendedAt, injectedAt };
  }

  /** How late timers are beside a pool at work. */
  async deployment(plan: Plan): Promise<number[]> {
    const { folder, clock, signal } = this.options;
    this.steps.enter('starting 3 pool elements and 3 users', null, deploymentSeconds.deploy);
    const broken = new AbortController();
    const pool = poolDriver.deploy(plan, this.lab, {
      folder,
      clock,
      signal: AbortSignal.any([signal, broken.signal]),
      record: () => {},
      broken: (reason) => broken.abort(labBroken(reason)),
    });
    try {
      await pool.startRegistrars();
      await pool.startElements();
      await pool.startUsers();
      this.steps.enter('the load of 3 pool elements and 3 users', 'deployment', deploymentSeconds.watch);
      const stop = watchTimers(clock, signal);
      await clock.sleepUntil(clock.now() + deploymentSeconds.watch, AbortSignal.any([signal, broken.signal]));
      return stop();
    } finally {
      await pool.stop();
    }
  }
}
