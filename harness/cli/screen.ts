/** `explore --confirm`: a search in the model, whose most interesting schedules a lab tries. */
import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import { realClock } from '../base/clock.js';
import { badInput } from '../base/errors.js';
import { formatDuration } from '../base/units.js';
import type { LoadedExperiment } from '../experiment/load.js';
import { isScreening, readScreening, type Screening } from '../explore/screen/folder.js';
import { type FinishedScreening, type ScreenOptions, screen } from '../explore/screen/screen.js';
import { proportion } from '../stats/proportion.js';
import { exitCodes } from './exit.js';
import { plain } from './plain.js';
import { countFrom, seedFrom } from './settings.js';
import { untilSignal } from './signal.js';
import { chooseSubject } from './subjects.js';

export interface ScreenFlags {
  on?: string;
  confirm?: string;
  top?: string;
  quirks?: boolean;
  seeds?: string;
  for?: string;
  seed?: string;
  jobs?: string;
  resume?: string;
  out: string;
  json?: boolean;
}

const defaults = { seeds: 100_000, top: 100 };
const quietSeconds = 20;

/** The search in the model that is to go on. */
export const screeningBefore = ({ resume }: ScreenFlags): Screening | null =>
  resume !== undefined && isScreening(resume) ? readScreening(resume) : null;

/**
 * @param before the search that is to go on; null for a new one
 * @param choices what the experiment varies and its phases, as they were chosen
 */
export async function screenAction(
  loaded: LoadedExperiment,
  flags: ScreenFlags,
  before: Screening | null,
  choices: Pick<ScreenOptions['source'], 'point' | 'phases'>,
): Promise<void> {
  if (flags.on !== undefined && flags.on !== 'sim')
    throw badInput(`--confirm: expected --on sim, whose findings a lab confirms, got --on ${flags.on}`);
  if (flags.for !== undefined) throw badInput('--confirm: expected --seeds, got --for');
  const confirm = flags.confirm ?? before?.confirm ?? 'virtual';
  if (confirm === 'sim') throw badInput('--confirm: expected a lab, got sim');
  const [model, lab] = [await chooseSubject('sim'), await chooseSubject(confirm)];
  const cores = availableParallelism();
  const jobs = flags.jobs === undefined ? cores : countFrom('--jobs', flags.jobs);
  const number = (option: string, text: string | undefined, otherwise: number) =>
    text === undefined ? otherwise : countFrom(option, text);
  const finished = await screen(loaded, {
    ...{ model, lab, source: { file: loaded.file, ...choices } },
    firstSeed: flags.seed === undefined ? (before?.firstSeed ?? 1) : seedFrom(flags.seed),
    seeds: number('--seeds', flags.seeds, before?.seeds ?? defaults.seeds),
    top: number('--top', flags.top, before?.top ?? defaults.top),
    quirks: flags.quirks ?? before?.quirks ?? false,
    ...{ jobs, labJobs: lab.clock === 'real' ? 1 : jobs, out: flags.out, resume: flags.resume ?? null },
    ...{ clock: realClock, signal: untilSignal('search'), say: tell, onProgress: progress() },
  });
  const { folder, screening } = finished;
  process.stdout.write(flags.json ? `${JSON.stringify({ ...screening, folder }, null, 2)}\n` : report(finished));
  process.exitCode = exitCodeOf(screening);
}

const tell = (line: string) => void process.stderr.write(`${line}\n`);

function progress(): (screening: Screening) => void {
  let told = Number.NEGATIVE_INFINITY;
  return ({ screened, seeds, confirmed, top, confirm, state }) => {
    const now = realClock.now();
    if (now - told < quietSeconds && state === 'running') return;
    told = now;
    const failed = screened.seeds - (screened.kinds[''] ?? 0);
    const tried = confirmed.runs > 0 ? `; ${confirmed.runs} of ${top} tried on ${confirm}` : '';
    tell(`${screened.seeds} of ${seeds} seeds simulated, ${failed} fail a check${tried}`);
  };
}

/** As an exploration's: whether anything was found, on the lab. */
function exitCodeOf({ confirmed, state }: Screening): number {
  if (confirmed.failed > 0) return exitCodes.fail;
  return state === 'interrupted' || confirmed.passed === 0 ? exitCodes.unknown : exitCodes.pass;
}

function report({ folder, screening }: FinishedScreening): string {
  const { screened, confirmed, confirm, state, quirks, agreement } = screening;
  const model = quirks ? 'the model with RSPLIB’s quirks' : 'the model';
  const lines = [
    `${screened.seeds} seeds in ${model} in ${formatDuration(screened.seconds)}:`,
    ...kindLines(screened.kinds, screened.seeds),
    `${confirmed.runs} of them on ${confirm} in ${formatDuration(confirmed.seconds)}: ${confirmed.passed} passed, ` +
      `${confirmed.failed} failed, ${confirmed.unknown} unknown.`,
    ...(agreement.length > 0 ? [agreementTable(screening)] : []),
    `Results: ${folder}`,
    ...(state === 'interrupted' ? [`Go on:   rsplab explore --resume ${folder}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const kindLines = (kinds: Screening['screened']['kinds'], seeds: number): string[] =>
  Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, runs]) => {
      const percent = ((100 * runs) / seeds).toPrecision(2);
      return `  ${runs} (${percent} %) ${kind === '' ? 'fail nothing' : `fail ${kind}`}`;
    });

function agreementTable({ agreement, confirm }: Screening): string {
  const table = new Table({
    ...plain,
    head: ['check', 'findings that are real', `of ${confirm}’s failures predicted`, 'missed among controls', 'unknown'],
  });
  for (const { check, bothFail, modelOnly, labOnly, missed, controls, unknown } of agreement) {
    const real = share(bothFail, bothFail + modelOnly);
    table.push([check, real, share(bothFail, bothFail + labOnly), share(missed, controls), unknown]);
  }
  return table.toString();
}

/** With the 95 % interval of Wilson. */
function share(successes: number, trials: number): string {
  const found = proportion(successes, trials);
  if (!found) return '–';
  const percent = (value: number) => Math.round(100 * value);
  return `${successes} of ${trials} (${percent(found.low)}–${percent(found.high)} %)`;
}
