/** k6's driver, with a stand-in for k6: a program that takes its arguments and leaves files of its formats. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readK6Points, readK6Thresholds } from '../../../harness/measure/k6.js';
import { startK6 } from '../../../harness/pool/web/k6.js';
import { temporaryFolder } from '../../temporary.js';

const point = (metric: string, value: number) =>
  `{"type":"Point","data":{"time":"2026-11-28T07:00:10.25Z","value":${value},"tags":{"method":"GET","status":"200","url":"$RSPLAB_URL/"}},"metric":"${metric}"}`;

/** `run --out json=POINTS --summary-export SUMMARY SCRIPT` */
function standIn(folder: string, exitCode: number): string {
  const program = join(folder, `k6-${exitCode}`);
  const lines = [
    '#!/bin/sh',
    '[ "$1 $2 $4" = "run --out --summary-export" ] || exit 2',
    'points=$(echo "$3" | cut -c6-)',
    `cat > "$points" <<END\n${point('http_req_duration', 200)}\n${point('http_req_receiving', 10)}\nEND`,
    `echo '{"metrics":{"http_req_duration":{"thresholds":{"p(95)<100":true}}}}' > "$5"`,
    'echo "ERRO[0001] thresholds on metrics have been crossed" >&2',
    `exit ${exitCode}`,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  return program;
}

const optionsIn = (folder: string) => ({
  ...{ script: 'script.ts', target: 'http://127.0.0.1:8081', workspace: folder },
  ...{ points: join(folder, 'points.json'), summary: join(folder, 'summary.json') },
});

it('a run whose thresholds failed is a result: its points are requests, its thresholds did not hold', async () => {
  const folder = temporaryFolder();
  const options = optionsIn(folder);
  await startK6(options, standIn(folder, 99)).over;
  const { rows, broken } = readK6Points(readFileSync(options.points, 'utf8').split('\n'));
  expect([rows.length, broken]).toEqual([1, 0]);
  expect(rows[0]).toMatchObject({ method: 'GET', path: '/', status: 200, error: null });
  expect(readK6Thresholds(options.summary, readFileSync(options.summary, 'utf8'))).toEqual([
    { metric: 'http_req_duration', expression: 'p(95)<100', holds: false },
  ]);
});

it('a run that k6 itself gives up is none, and its last words say why', async () => {
  const folder = temporaryFolder();
  const { over } = startK6(optionsIn(folder), standIn(folder, 107));
  await expect(over).rejects.toThrow('k6 ended with exit code 107 on script.ts: ERRO[0001]');
});
