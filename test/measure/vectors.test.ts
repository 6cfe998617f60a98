import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseVector, readVector } from '../../harness/measure/vectors.js';
import { rsplibFile } from './recordings.js';

describe('parseVector', () => {
  it('reads what calcappclient wrote, past the line number that its header does not name', async () => {
    const { rows, truncated } = await readVector(rsplibFile('kill/pu1.vec'));
    expect(truncated).toBe(false);
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(rows[1]).toEqual({
      id: 2,
      size: 7402800,
      queuedAt: 1795425641.906233,
      startedAt: 1795425641.906256,
      acceptedAt: 1795425650.182776,
      completedAt: 1795425651.684978,
    });
  });

  it('leaves out a last line that its writer did not finish', async () => {
    const text = await readFile(rsplibFile('kill/pu1.vec'), 'utf8');
    for (const length of [text.length - 1, text.length - 5, text.length - 60]) {
      const { rows, truncated } = parseVector(text.slice(0, length));
      expect(truncated).toBe(true);
      expect(rows.map(({ id }) => id)).toEqual([1, 2]);
    }
  });

  it('has no rows where nothing was completed', () => {
    expect(parseVector('')).toEqual({ rows: [], truncated: false });
  });

  it('refuses another file', () => {
    expect(() => parseVector('run 1 "scenario"\n')).toThrow(/the column JobID, got run 1 scenario/);
  });
});
