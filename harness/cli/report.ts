import { relative } from 'node:path';
import { Command } from 'commander';
import { messageOf } from '../base/errors.js';
import { assetsOption } from './assets.js';

export const reportCommand = (): Command =>
  new Command('report')
    .description('Write the reports of runs and sweeps anew, or the index over a folder of results.')
    .argument('[folders...]', 'a run’s or a sweep’s folder, or one that holds such', ['results'])
    .option('--all', 'below a folder of results, also the reports that are there already')
    .option(...assetsOption)
    .addHelpText(
      'after',
      `
Examples:
  rsplab report                                 index.html over results/, and every report that is missing
  rsplab report results/element-kill/RUN        report.html of one run, e.g. after rsplab compare
  rsplab report results --all
  rsplab report results --all --assets          for a CI server that serves pages under a strict policy

Exit codes: 0 all pages were written, 2 bad input.`,
    )
    .action(async (folders: string[], options: { all?: boolean; assets?: boolean }) => {
      // Drawing is slow to load, and no other command needs it.
      const { writeReports } = await import('../../reports/write.js');
      for (const folder of folders) {
        writeReports(folder, {
          ...options,
          onPage: (path) => console.log(relative(process.cwd(), path)),
          onTrouble: (broken, error) => console.error(`rsplab: no report of ${broken}: ${messageOf(error)}`),
        });
      }
    });
