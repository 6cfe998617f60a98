import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { badInput, messageOf } from '../base/errors.js';
import { loadExperiment } from '../experiment/load.js';
import { gridOf } from '../experiment/plan.js';

interface Entry {
  readonly file: string;
  readonly name: string;
  readonly question: string | null;
  readonly points: number;
  readonly varies: readonly string[];
}

export const listCommand = (): Command =>
  new Command('list')
    .description('List experiments with the questions that they ask.')
    .argument('[folder]', 'where to look (default: experiments/ here, else rsplab’s own)')
    .option('--json', 'for machines')
    .action(async (folder: string | undefined, { json }: { json?: boolean }) => {
      const where = folder ?? defaultFolder();
      if (!existsSync(where)) throw badInput(`Expected a folder with experiments, got ${where}, which does not exist`);
      const entries: Entry[] = [];
      for (const name of namesIn(where)) {
        if (/\.[jt]s$/.test(name) && !name.endsWith('.d.ts')) entries.push(await entryOf(join(where, name)));
      }
      console.log(json ? JSON.stringify(entries, null, 2) : entries.map(describe).join('\n'));
    });

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw badInput(`Expected a folder with experiments, got ${folder}, which is none: ${messageOf(error)}`, error);
  }
}

function defaultFolder(): string {
  if (existsSync('experiments')) return 'experiments';
  return relative(process.cwd(), fileURLToPath(new URL('../../../experiments', import.meta.url)));
}

async function entryOf(file: string): Promise<Entry> {
  try {
    const { experiment, question } = await loadExperiment(file);
    const varies = Object.keys(experiment.vary ?? {});
    return { file, name: experiment.name, question, points: gridOf(experiment).length, varies };
  } catch (error) {
    return { file, name: '(does not load)', question: messageOf(error), points: 0, varies: [] };
  }
}

const describe = ({ file, question, points, varies }: Entry): string =>
  [
    file,
    `    ${question ?? '(asks nothing)'}`,
    ...(varies.length > 0 ? [`    varies ${varies.join(', ')} (${points} points)`] : []),
  ].join('\n');
