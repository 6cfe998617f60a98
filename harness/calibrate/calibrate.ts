/** A lab's instruments held against what is asked of them: recorded on the lab, made into numbers here, stored. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../base/clock.js';
import { badInput, labBroken } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { temporaryFolder } from '../base/temporary.js';
import { captureFile } from '../lab/capture.js';
import { guardSession } from '../lab/guard.js';
import { performInKernel } from '../lab/guest/perform.js';
import { LoadWatch } from '../lab/load-watch.js';
import { bootLabKernel } from '../lab/uml/boot.js';
import { bootVirtual } from '../lab/virtual/boot.js';
import type { Calibration, CalibrationLine } from '../result/calibration.js';
import { captureTrialsOf } from './capture-trials.js';
import { nothingSeen, readEchoes, type Sightings } from './echoes.js';
import { fingerprintOf, hashOf, machineFingerprint, type Versions } from './fingerprint.js';
import { injectionLines } from './injection.js';
import type { InsideInput } from './inside.js';
import { type Place, places } from './labs.js';
import { verdictOfAll } from './line.js';
import { loadLines } from './load.js';
import { type Form, trialsOf } from './network.js';
import { performCalibration } from './perform.js';
import { parseStep, type Recording, recordingFile, type Step } from './recording.js';
import { storeCalibration } from './store.js';
import { type LoadName, timerLines } from './timers.js';

export interface CalibrationOptions {
  readonly form: Form;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly versions: Versions;
  readonly onStep?: (step: Step) => void;
}

/**
 * Calibrates a lab and stores what came of it.
 * @returns the calibration and its file
 * @throws HarnessError `bad-input` for a subject that is no lab, `lab-broken` when the lab broke; nothing is stored
 */
export async function calibrate(
  lab: string,
  { form, clock, signal, versions, onStep = () => {} }: CalibrationOptions,
): Promise<{ calibration: Calibration; file: string }> {
  const place = places[lab];
  if (!place) throw badInput(`calibrate: expected one of ${Object.keys(places).join(', ')}, got '${lab}'`);
  const began = clock.now();
  const session = newSession();
  // Called so that a killed calibration's folder is found and removed.
  const folder = mkdtempSync(join(temporaryFolder(), `rsplab-${session}-`));
  mkdirSync(join(folder, 'logs'));
  try {
    const samples = await record(place, { form, folder, session, clock, signal, onStep });
    if (!existsSync(join(folder, recordingFile))) throw labBroken('The calibration recorded nothing');
    const recording = JSON.parse(readFileSync(join(folder, recordingFile), 'utf8')) as Recording;
    const lines = linesOf(form, recording, await readEchoes(join(folder, captureFile)), samples);
    const fingerprint =
      'inMachine' in place
        ? machineFingerprint(lab, recording.kernel, place.setting, versions)
        : await fingerprintOf(lab, recording.kernel, versions);
    const calibration: Calibration = {
      schemaVersion: 1,
      lab,
      date: new Date(began * 1e3).toISOString(),
      form,
      seconds: Math.round((clock.now() - began) * 10) / 10,
      fingerprint,
      hash: hashOf(fingerprint),
      lines,
      notes: notesOf(recording),
      verdict: verdictOfAll(lines),
    };
    return { calibration, file: storeCalibration(calibration) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type RecordOptions = Required<Pick<CalibrationOptions, 'form' | 'clock' | 'signal' | 'onStep'>> & {
  readonly folder: string;
  readonly session: string;
};
type LoadSamples = LoadWatch<LoadName>['samples'];

/** How long a calibration may take before its kernel is thought to hang. */
const longestSeconds = 600;

/** @returns how busy the lab was, about every second */
async function record(place: Place, options: RecordOptions): Promise<LoadSamples> {
  const { form, folder, session, clock, signal, onStep } = options;
  const load = new LoadWatch<LoadName>(clock);
  const step = (next: Step) => {
    load.enter(next.load);
    onStep(next);
  };
  try {
    if ('lab' in place) {
      await using _guard = guardSession(place.lab.name, session);
      load.begin(null);
      await performCalibration({ form, lab: place.lab, folder, session, clock, signal, onStep: step });
      return load.samples;
    }
    const said: string[] = [];
    const virtual = 'inMachine' in place;
    const input: InsideInput = { form, lab: virtual ? place.inMachine : place.inKernel };
    const onLine = (line: string) => {
      const next = parseStep(line);
      if (next) step(next);
      else said.push(line);
    };
    const module = fileURLToPath(new URL('./inside.js', import.meta.url));
    const line = join(folder, 'steps');
    const troubles = await performInKernel({
      ...{ lab: virtual ? 'virtual' : 'uml', session, clock, signal, withinSeconds: longestSeconds },
      boot: () =>
        virtual
          ? bootVirtual({ session, folder, line, onLine, job: 'calibration', input, seed: 1, setting: place.setting })
          : bootLabKernel({ session, folder, module, input, memoryMiB: place.memoryMiB, onLine }),
      // How busy this machine is says nothing of one in virtual time.
      onBoot: (pid) => (virtual ? undefined : load.begin(pid)),
    });
    signal.throwIfAborted();
    if (troubles.length > 0) throw labBroken([...troubles, ...said.slice(-8)].join(' | '));
    return load.samples;
  } finally {
    load.end();
  }
}

function linesOf(form: Form, recording: Recording, seen: Sightings, samples: LoadSamples): CalibrationLine[] {
  const { trains, cuts, kills, late } = recording;
  const network = trialsOf(form).flatMap((trial) => {
    const train = trains[trial.key]!;
    return trial.lines(train, seen.trains.get(train.ident) ?? nothingSeen);
  });
  const capture = captureTrialsOf(form).flatMap((trial) => trial.lines(trains[trial.key]!, seen.frames));
  return [
    ...network,
    ...injectionLines(cuts, kills, seen.trains),
    ...timerLines(recording.clockSteps, late),
    ...capture,
    ...loadLines(samples),
  ];
}

const notesOf = ({ missed, troubles }: Recording): string[] => [
  ...(missed > 0 ? [`the capture says that it missed ${missed} frames`] : []),
  // Losses were asked for.
  ...troubles,
];
