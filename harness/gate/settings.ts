/** What is judged how: the experiment's own `gate` section, a file of configuration, options, and defaults. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { check } from '../base/check.js';
import { badInput, codeOf, messageOf } from '../base/errors.js';
import { type GateOptions, gateSchema, type LimitName } from '../experiment/gate.js';
import { tsImport } from '../experiment/typescript.js';

/** A gate's settings with nothing left open. */
export interface GateSettings {
  readonly points: readonly Readonly<Record<string, string | number | boolean>>[];
  readonly replications: number;
  readonly budget: number;
  readonly limits: Readonly<Partial<Record<LimitName, number>>>;
}

export const defaultSettings = { replications: 8, budget: 24 } as const;

const configSchema = z.strictObject({
  /** Files of experiments, from the folder of this file. */
  experiments: z.array(z.string()).min(1).optional(),
  /** For all experiments that say nothing else. */
  gate: gateSchema.omit({ points: true }).optional(),
  /** By the experiment's name; goes before what the experiment itself says. */
  each: z.record(z.string(), gateSchema).optional(),
});
export type GateConfig = z.infer<typeof configSchema>;

/**
 * Reads a configuration: JSON, or the default export of a TypeScript or JavaScript file.
 * @returns with its experiments' files as they are seen from here
 * @throws HarnessError `bad-input` when there is none or something in it is not known
 */
export async function loadConfig(file: string): Promise<GateConfig> {
  if (!existsSync(file)) throw badInput(`--config: expected a file, got ${file}, which does not exist`);
  const config = check(file, configSchema, await contentOf(file));
  const { experiments } = config;
  if (!experiments) return config;
  return { ...config, experiments: experiments.map((each) => relative('.', resolve(dirname(file), each))) };
}

async function contentOf(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
    const module = (await tsImport(pathToFileURL(resolve(file)).href, import.meta.url)) as { default?: unknown };
    // In a folder whose package is not of type "module", the default export comes wrapped in another one.
    const found = module.default as { default?: unknown } | undefined;
    return found && typeof found === 'object' && 'default' in found ? found.default : found;
  } catch (error) {
    if (codeOf(error) === 'bad-input') throw error;
    throw badInput(`${file}: expected a configuration of the gate, got: ${messageOf(error).split('\n')[0]}`, error);
  }
}

/**
 * What is said nearest to the person goes first: options, then the configuration's `each`, then the experiment, then
 * the configuration's `gate`.
 * @throws HarnessError `bad-input` for a budget that is smaller than one look
 */
export function settingsFor(
  experiment: { readonly name: string; readonly gate?: GateOptions },
  config: GateConfig,
  options: { readonly replications?: number; readonly budget?: number },
): GateSettings {
  const layers = [config.each?.[experiment.name], experiment.gate, config.gate].map(
    (layer) => layer ?? {},
  ) as GateOptions[];
  const first = <K extends 'replications' | 'budget'>(name: K) =>
    options[name] ?? layers.map((layer) => layer[name]).find((value) => value !== undefined);
  const replications = first('replications') ?? defaultSettings.replications;
  const budget = first('budget') ?? Math.max(3 * replications, 2);
  if (replications < 2)
    throw badInput(`${experiment.name}.gate.replications: expected at least 2, got ${replications}`);
  if (budget < replications) {
    throw badInput(`${experiment.name}.gate.budget: expected at least the ${replications} replications, got ${budget}`);
  }
  return {
    points: (layers.map(({ points }) => points).find((points) => points !== undefined) ?? [
      {},
    ]) as GateSettings['points'],
    ...{ replications, budget },
    limits: Object.assign({}, ...layers.toReversed().map(({ limits }) => limits ?? {})),
  };
}
