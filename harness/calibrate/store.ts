/** Where calibrations are kept, one per lab and machine, and what a run quotes of them. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../base/cache.js';
import { writeWhole } from '../base/write-whole.js';
import { type Calibration, type CalibrationQuote, calibrationSchema } from '../result/calibration.js';

const calibrationFile = (lab: string, hash: string): string =>
  join(cacheFolder(), 'calibration', `${lab}-${hash}.json`);

/** Takes the place of an earlier one of the same lab and machine. @returns its file */
export function storeCalibration(calibration: Calibration): string {
  const file = calibrationFile(calibration.lab, calibration.hash);
  mkdirSync(join(cacheFolder(), 'calibration'), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify(calibration, null, 2)}\n`);
  return file;
}

/** @returns undefined when there is none, or none that this version can read */
export function findCalibration(lab: string, hash: string): Calibration | undefined {
  const file = calibrationFile(lab, hash);
  if (!existsSync(file)) return undefined;
  try {
    const found = calibrationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return found.lab === lab && found.hash === hash ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The lines that matter to who reads a run's numbers. */
const quotedLines = ['delay-10ms', 'round-trip-20ms', 'injection-late', 'cut-error', 'kill-error', 'lateness-idle-p99'];

export const calibrationCommand = (lab: string): string => `rsplab calibrate --on ${lab}`;

/** @param calibration of the lab on this very machine, if there is one */
export function quoteOf(lab: string, calibration: Calibration | undefined): CalibrationQuote {
  const command = calibrationCommand(lab);
  if (!calibration) return { command, quoted: null };
  const { date, form, hash, verdict, lines } = calibration;
  return {
    command,
    quoted: {
      ...{ date, form, hash, verdict },
      lines: lines.filter(({ key }) => quotedLines.includes(key)),
      outside: lines.filter((line) => line.verdict !== 'within').map(({ what }) => what),
    },
  };
}
