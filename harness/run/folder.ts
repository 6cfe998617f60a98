/** The folder of one run: who writes what into it, and how it stays readable when the writer is killed. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { z } from 'zod';
import { badInput, messageOf } from '../base/errors.js';
import { writeWhole } from '../base/write-whole.js';
import type { Plan } from '../experiment/plan.js';
import { holdingRowSchema, rehomingRowSchema, resolutionRowSchema, takeoverRowSchema } from '../result/registrars.js';
import {
  attackRowSchema,
  failoverRowSchema,
  keepAliveRowSchema,
  pathRowSchema,
  requestRowSchema,
} from '../result/rows.js';
import type { Summary } from '../result/summary.js';
import { webRequestRowSchema } from '../result/web.js';
import type { Outcome } from './outcome.js';

/**
 * Makes `OUT/EXPERIMENT/ID/` with the plan and an empty `logs/`.
 * @param id sorts by time, e.g. `20261123-093012-1a2b3c`
 * @returns its absolute path
 * @throws HarnessError `bad-input` when it cannot be made
 */
export function createRunFolder(out: string, id: string, plan: Plan): string {
  const folder = resolve(out, plan.experiment, id);
  try {
    mkdirSync(join(folder, 'logs'), { recursive: true });
  } catch (error) {
    throw badInput(`Expected a folder for results that can be made, got ${out}: ${messageOf(error)}`, error);
  }
  writeWhole(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
  return folder;
}

/** `2026-11-23T09:30:12Z` and the session make `20261123-093012-1a2b3c`. */
export const runId = (now: number, session: string): string =>
  `${new Date(now * 1e3).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${session}`;

export function storeOutcome(
  folder: string,
  { requests, failovers, keepAlives, wire, attacks, web, registrars }: Outcome,
): void {
  const store = (name: string, schema: z.ZodObject, rows: readonly object[]) =>
    storeTable(join(folder, name), schema, rows);
  store('requests.csv', requestRowSchema, requests);
  store('failovers.csv', failoverRowSchema, failovers);
  if (keepAlives) store('keepalives.csv', keepAliveRowSchema, keepAlives);
  if (web) store('web.csv', webRequestRowSchema, web.rows);
  if (attacks) store('attacks.csv', attackRowSchema, attacks.rows);
  if (wire && wire.paths.length > 0) store('paths.csv', pathRowSchema, wire.paths);
  if (wire) writeWhole(join(folder, 'wire.json'), `${JSON.stringify(wire, null, 2)}\n`);
  if (!registrars) return;
  store('takeovers.csv', takeoverRowSchema, registrars.takeovers);
  store('rehomings.csv', rehomingRowSchema, registrars.rehomings);
  store('resolutions.csv', resolutionRowSchema, registrars.resolutions);
  store('registrars.csv', holdingRowSchema, registrars.holdings);
}

export const storeSummary = (folder: string, summary: Summary): void =>
  writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);

/** Rows that become text at a time: that of millions would not fit into memory. */
const rowsAtATime = 10_000;

/** Columns come from the schema, so that a table without rows has a header all the same. */
function storeTable(path: string, schema: z.ZodObject, rows: readonly object[]): void {
  const columns = Object.keys(schema.shape);
  function* pieces() {
    yield stringify([], { header: true, columns });
    for (let first = 0; first < rows.length; first += rowsAtATime)
      yield stringify(rows.slice(first, first + rowsAtATime), { columns });
  }
  writeWhole(path, pieces());
}
