/**
 * The baseline: what earlier runs said, as a file that lives in somebody's repository. People read it and
 * compare it line by line, so a metric is one line; it is written as a whole or not at all.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { badInput, messageOf } from '../base/errors.js';
import { newSession } from '../base/session.js';
import { gateMetricNames } from '../experiment/gate.js';
import { verdicts } from '../result/summary.js';
import type { Columns } from './columns.js';
import { limitReasons } from './limits.js';
import type { GatePoint } from './points.js';
import { pointName } from './words.js';

const metricName = z.enum(gateMetricNames);

const acceptedSchema = z.object({
  metric: metricName,
  date: z.string(),
  why: z.string(),
  /** Means before and after. */
  old: z.number().nullable(),
  new: z.number().nullable(),
});

const baselinePointSchema = z.object({
  experiment: z.string(),
  point: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Digests of the plan's parts: samples of another plan are of no use. */
  plan: z.record(z.string(), z.string()),
  /** Null once values of other runs were accepted: equal fingerprints mean equal results no more. */
  fingerprint: z.string().nullable(),
  /** What the runs' seeds were derived from. */
  seed: z.int(),
  seeds: z.array(z.int()),
  /** One value per run. */
  values: z.partialRecord(metricName, z.array(z.number().nullable())),
  checks: z.record(z.string(), z.array(z.enum(verdicts).nullable())),
  /** As they were when these samples were made; a gate works them out anew. */
  limits: z.partialRecord(metricName, z.object({ value: z.number(), why: z.enum(limitReasons) })),
  /** Values that were moved one by one, and why. */
  accepted: z.array(acceptedSchema),
});
export type BaselinePoint = z.infer<typeof baselinePointSchema>;

export const baselineSchema = z.object({
  what: z.literal('baseline of rsplab gate'),
  schemaVersion: z.literal(1),
  on: z.string(),
  clock: z.string(),
  date: z.string(),
  /** Where it was measured, when that was in real time; else null. */
  machine: z.object({ cpu: z.string(), cores: z.int(), memoryGiB: z.int(), kernel: z.string() }).nullable(),
  versions: z.record(z.string(), z.string().nullable()),
  points: z.array(baselinePointSchema),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** @throws HarnessError `bad-input` when there is none, or it is corrupt or of another schema */
export function readBaseline(file: string): Baseline {
  if (!existsSync(file)) {
    throw badInput(`--baseline: expected a baseline, got ${file}, which does not exist; rsplab gate --update makes it`);
  }
  const content = parsed(file);
  if (content?.what !== 'baseline of rsplab gate') {
    throw badInput(`${file}: expected a baseline of rsplab gate, got something else`);
  }
  if (content.schemaVersion !== 1) {
    const again = 'make it anew with rsplab gate --update';
    throw badInput(`${file}: expected a baseline of schemaVersion 1, got ${String(content.schemaVersion)}; ${again}`);
  }
  const checked = baselineSchema.safeParse(content);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    throw badInput(`${file}: expected a whole baseline, got one that is damaged at ${path.join('.')}: ${message}`);
  }
  const odd = checked.data.points.find(({ seeds, values, checks }) =>
    [...Object.values(values), ...Object.values(checks)].some((column) => column.length !== seeds.length),
  );
  if (odd) {
    const name = pointName(odd.experiment, odd.point);
    throw badInput(`${file}: expected one value per run, got more or fewer than ${odd.seeds.length} in ${name}`);
  }
  return checked.data;
}

function parsed(file: string): { what?: unknown; schemaVersion?: unknown } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw badInput(`${file}: expected a baseline in JSON, got: ${messageOf(error)}`, error);
  }
}

/**
 * What a baseline says of a point.
 * @throws HarnessError `bad-input`, naming what is another one, for a point that it does not have, or of another plan
 */
export function baselineFor(file: string, { points }: Baseline, wanted: GatePoint): BaselinePoint {
  const found = points.find((each) => isSame(each, wanted));
  const update = 'rsplab gate --update measures it anew';
  if (!found) {
    const had = points.map(({ experiment, point }) => pointName(experiment, point)).join('; ') || 'none';
    throw badInput(`${file}: expected a baseline of ${wanted.name}, got those of ${had}; ${update}`);
  }
  const names = new Set([...Object.keys(found.plan), ...Object.keys(wanted.parts)]);
  const other = [...names].filter((name) => found.plan[name] !== wanted.parts[name]);
  if (other.length > 0) {
    throw badInput(`${file}: expected ${wanted.name} with the same plan, got other ${other.join(' and ')}; ${update}`);
  }
  return found;
}

export const isSame = (
  a: Pick<BaselinePoint, 'experiment' | 'point'>,
  b: Pick<BaselinePoint, 'experiment' | 'point'>,
): boolean => pointName(a.experiment, a.point) === pointName(b.experiment, b.point);

export const columnsOfBaseline = ({ seeds, values, checks }: BaselinePoint): Columns => ({ seeds, values, checks });

/** Appears as a whole, whoever else writes at the same time: the last one stays. */
export function writeBaseline(file: string, baseline: Baseline): void {
  const part = `${file}.${newSession()}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, baselineText(baseline));
    renameSync(part, file);
  } catch (error) {
    if (existsSync(part)) rmSync(part);
    throw badInput(`--baseline: expected a file that can be written, got ${file}: ${messageOf(error)}`, error);
  }
}

/** JSON with a list of numbers or words on one line, so that a change of a metric is a change of a line. */
export const baselineText = (baseline: Baseline): string =>
  `${JSON.stringify(baseline, null, 2).replace(/\[\n[^[\]{}]*?\n\s*\]/g, onOneLine)}\n`;

const onOneLine = (list: string): string => list.replace(/\n\s*/g, ' ').replace('[ ', '[').replace(/ \]$/, ']');
