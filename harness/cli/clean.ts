import { Command } from 'commander';
import { reapDead } from '../lab/reaper.js';

export const cleanCommand = (): Command =>
  new Command('clean')
    .description(
      'Remove what dead runs left behind: processes, namespaces, temporary files. Living runs are not touched.',
    )
    .action(async () => {
      const reaped = await reapDead();
      if (reaped.length === 0) console.log('nothing to clean');
      for (const { session, removed } of reaped)
        console.log(`session ${session}: ${removed.join(', ') || 'nothing was left'}`);
    });
