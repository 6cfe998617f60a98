/** On real components: of four faults, the one is found that makes a check fail. */
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import type { Search } from '../../harness/shrink/folder.js';
import { labTest } from './available.js';
import { commandLine, repository, runExperiment } from './rsplab.js';

describe('a schedule that fails a check', () => {
  labTest('shrinks to the fault that matters', async () => {
    const { folder, summary } = await runExperiment('test/lab/experiments/dead-element.ts', '--set', 'others=true');
    expect(summary.faults.map(({ kind }) => kind)).toHaveLength(4);
    expect(summary.checks).toMatchObject([{ name: 'noDeadElementSelected', verdict: 'fail' }]);

    const out = join(folder, 'shrunk');
    const argv = [commandLine, 'shrink', folder, '--repeat', '1', '--out', out, '--json'];
    const { stdout, exitCode } = await execa('node', argv, { cwd: repository, reject: false });
    expect(exitCode).toBe(0);
    const search = JSON.parse(stdout) as Search;
    expect(search).toMatchObject({ check: 'noDeadElementSelected', state: 'minimal' });
    expect(search.smallest!.map((at) => search.schedule[at]!.fault)).toMatchObject([{ kind: 'powerOff' }]);
  });
});
