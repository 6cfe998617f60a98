import { Command } from 'commander';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { formatDuration } from '../base/units.js';
import { calibrate } from '../calibrate/calibrate.js';
import type { Step } from '../calibrate/recording.js';
import type { CalibrationVerdict } from '../result/calibration.js';
import { rsplabVersion, versions } from '../run/versions.js';
import { calibrationTable } from './calibration-table.js';
import { exitCodes } from './exit.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';

interface CalibrateFlags {
  on?: string;
  quick?: boolean;
  json?: boolean;
}

export const calibrateCommand = (): Command =>
  new Command('calibrate')
    .description(
      'Measure what a lab really does: delay, loss, rate, clock, faults, capture, beside what is asked of it.',
    )
    .option('--on <lab>', 'virtual, netns, uml, docker or uml+docker (default: the best that works here)')
    .option('--quick', 'fewer packets and wider tolerances, in less than a minute')
    .option('--json', 'print the calibration instead of a table')
    .addHelpText(
      'after',
      `
The calibration is kept in the cache folder, under the lab's name and this machine's fingerprint. Runs on this lab and
machine quote it. A machine that does other things meanwhile is calibrated with them.

Examples:
  rsplab calibrate --on virtual
  rsplab calibrate --on uml
  rsplab calibrate --on uml+docker --quick

Exit codes: 0 everything is within its tolerance, 1 something is not shown to be, 2 bad input, 3 the lab broke.`,
    )
    .action(async ({ on, quick, json }: CalibrateFlags) => {
      const { name, clock } = await chooseSubject(on);
      if (clock === 'simulated') throw badInput(`--on: expected a lab, got '${name}', which has no instruments`);
      const form = quick ? 'quick' : 'full';
      const began = realClock.now();
      const say = (text: string) =>
        process.stderr.write(`${(realClock.now() - began).toFixed(1).padStart(6)} s  ${text}\n`);
      say(`calibrating ${name}, ${form} form`);
      const { calibration, file } = await calibrate(name, {
        form,
        clock: realClock,
        signal: untilSignal('calibration'),
        versions: { rsplab: rsplabVersion(), rsplib: versions().rsplib ?? null },
        onStep: ({ step, secondsLeft }: Step) => say(`${step} – about ${formatDuration(secondsLeft)} left`),
      });
      process.stdout.write(json ? `${JSON.stringify(calibration, null, 2)}\n` : calibrationTable(calibration, file));
      process.exitCode = exits[calibration.verdict];
    });

const exits: Record<CalibrationVerdict, number> = {
  within: exitCodes.pass,
  outside: exitCodes.fail,
  undecided: exitCodes.fail,
};
