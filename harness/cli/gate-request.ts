/** From a command line to what a gate does: which lab, which points, held against what. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { badInput, codeOf, messageOf } from '../base/errors.js';
import { packageRoot } from '../base/package-root.js';
import { commandLine } from '../base/shell.js';
import { loadExperiment } from '../experiment/load.js';
import { type Baseline, baselineFor, readBaseline } from '../gate/baseline.js';
import { machineHere } from '../gate/fingerprint.js';
import type { GateRequest } from '../gate/folder.js';
import type { GateJob } from '../gate/gate.js';
import { digestOf, type GatePoint, pointsOf } from '../gate/points.js';
import { loadConfig, settingsFor } from '../gate/settings.js';
import { programWords } from '../pool/build/programs.js';
import type { Build } from '../pool/build/stage.js';
import { buildFor } from '../run/build.js';
import type { Subject } from '../run/subject.js';
import { chooseSubject } from './subjects.js';

/** The shipped experiments of a gate of which nobody says what it judges. */
const defaults = ['element-kill', 'element-power-off', 'element-freeze', 'registrar-kill'];

/** Everything but the digest, which follows from it. */
export type Asked = Omit<GateRequest, 'digest' | 'on' | 'seed'> & {
  /** Null: the baseline's. */
  readonly on: string | null;
  readonly seed: number | null;
};

export interface Prepared {
  readonly request: GateRequest;
  readonly subject: Subject;
  readonly points: readonly GatePoint[];
  /** The new side's, and that of `--against`; null: the machine's own programs. */
  readonly build: Build | null;
  readonly oldBuild: Build | null;
}

/**
 * Plans all points.
 * @throws HarnessError `bad-input` before anything is started
 */
export async function prepare(asked: Asked): Promise<Prepared> {
  const config = asked.config === null ? {} : await loadConfig(asked.config);
  const named = asked.files.length > 0 ? asked.files : config.experiments;
  // Nobody asked for these, so what the subject cannot do is left out.
  const unasked = named === undefined;
  const files = named ?? defaultFiles();
  const before = asked.baseline !== null && existsSync(asked.baseline) ? readBaseline(asked.baseline) : null;
  const subject = await chooseSubject(asked.on ?? before?.on ?? 'virtual');
  const seed = asked.seed ?? before?.points[0]?.seed ?? 1;
  const build = await buildFor(asked.with, subject);
  const oldBuild = await buildFor(asked.against ?? {}, subject);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const options = {
    ...(asked.replications !== null && { replications: asked.replications }),
    ...(asked.budget !== null && { budget: asked.budget }),
  };
  const points: GatePoint[] = [];
  for (const file of files) {
    const loaded = await loadExperiment(file);
    const settings = settingsFor(loaded.experiment, config, options);
    try {
      points.push(...(await pointsOf(loaded, settings, { seed, subject, say })));
    } catch (error) {
      if (!unasked || codeOf(error) !== 'bad-input') throw error;
      say(`gate: left out, as nobody named it: ${messageOf(error)}`);
    }
  }
  if (points.length === 0) throw badInput(`gate: expected an experiment that ${subject.name} can run, got none`);
  const twice = points.find(({ name }, at) => points.findIndex((other) => other.name === name) !== at);
  if (twice) throw badInput(`gate: expected each point once, got ${twice.name} twice`);
  const digest = digestOf([
    points.map(({ name, parts, replications, budget, limits }) => [name, parts, replications, budget, limits]),
    ...[build, oldBuild].flatMap((each) => each?.hash ?? []),
  ]);
  return { request: { ...asked, files: [...files], on: subject.name, seed, digest }, subject, points, build, oldBuild };
}

const defaultFiles = (): string[] =>
  defaults.map((name) => relative('.', join(packageRoot(import.meta.url), 'experiments', `${name}.ts`)));

/**
 * What a gate is held against.
 * @param stored the copy that an interrupted gate left; null to read the file that was asked for
 * @throws HarnessError `bad-input` when the baseline is none, or of another lab, machine, experiment or plan
 */
export function jobOf({ request, subject, points, build, oldBuild }: Prepared, stored: string | null): GateJob {
  const { baseline, against, commit, seed } = request;
  const common = { subject, points, seed, with: build, commit, command: commandOf(request) };
  if (against !== null) return { ...common, baseline: null, against: oldBuild, notes: [] };
  const file = baseline!;
  const content = readBaseline(stored ?? file);
  checkSameLab(file, content, subject);
  const found = points.map((point) => baselineFor(file, content, point));
  const others = content.points.length - found.length;
  const notes = others > 0 ? [`The baseline has ${others} other points, which this gate does not judge.`] : [];
  return { ...common, baseline: { file, content, points: found }, against: null, notes };
}

function checkSameLab(file: string, { on, machine }: Baseline, subject: Subject): void {
  if (on !== subject.name) {
    throw badInput(`${file}: expected a baseline made on ${subject.name}, got one of ${on}; see --on, or --update`);
  }
  const here = machineHere();
  if (machine === null || JSON.stringify(machine) === JSON.stringify(here)) return;
  const differing = (Object.keys(here) as (keyof typeof here)[]).filter((name) => machine[name] !== here[name]);
  throw badInput(
    `${file}: expected a baseline of this machine, for ${on} measures in real time, got one with other ` +
      `${differing.join(' and ')}; --against runs the old program beside the new one`,
  );
}

/** As a person types it. */
export function commandOf({
  files,
  config,
  on,
  seed,
  replications,
  budget,
  baseline,
  against,
  ...more
}: GateRequest): string {
  const words = [
    ...['rsplab', 'gate', ...files, '--on', on, '--seed', String(seed)],
    ...(config === null ? [] : ['--config', config]),
    ...(replications === null ? [] : ['--replications', String(replications)]),
    ...(budget === null ? [] : ['--budget', String(budget)]),
    ...programWords('--with', more.with),
    ...(against === null ? ['--baseline', baseline ?? ''] : programWords('--against', against)),
  ];
  return commandLine(words);
}
