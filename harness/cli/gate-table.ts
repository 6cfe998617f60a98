/** What a gate says, for a person at a terminal. */
import Table from 'cli-table3';
import { formatDuration } from '../base/units.js';
import { headline } from '../gate/formats/markdown.js';
import type { MetricJudgement } from '../gate/judgement.js';
import type { GatePointResult, GateResult } from '../gate/result.js';
import { countRuns, formatChange, formatLimit, formatValue } from '../gate/words.js';
import { plain } from './plain.js';

const verdictWords = { pass: 'pass', fail: 'FAIL', unknown: 'cannot say', none: '–' } as const;

/** @param report the page's file */
export function gateTable(result: GateResult, report: string): string {
  const { verdict, points, notes, seconds, on } = result;
  const runs = points.reduce((sum, point) => sum + point.runs.length, 0);
  const blocks = [
    ...points.map(pointBlock),
    ...notes.map((note) => `Note: ${note}`),
    [
      `Verdict: ${verdict}. ${headline(result)}`,
      `${countRuns(runs)} on ${on} in ${formatDuration(seconds)}.`,
      `Report:  ${report}`,
    ].join('\n'),
  ];
  return `\n${blocks.join('\n\n')}\n`;
}

function pointBlock({ name, identical, verdict, metrics, checks, cleared, reasons }: GatePointResult): string {
  const title = `${name}: ${verdictWords[verdict]}`;
  const why = reasons.map((reason) => `  because ${reason}`);
  if (identical) return [`${title}, identical to the old one by one run`, ...why].join('\n');
  const table = new Table({ ...plain, head: ['metric', 'old', 'new', 'change', 'limit', 'verdict'] });
  for (const metric of metrics.filter((each) => each.verdict !== 'none')) table.push(rowOf(metric));
  return [
    title,
    ...why,
    ...(table.length > 0 ? [table.toString()] : []),
    ...metrics.filter((each) => each.verdict === 'fail').map(({ label, words }) => `  ${label}: ${words}`),
    ...checks.map(({ check, verdict: said, words }) => `  check ${check}: ${verdictWords[said]}. ${words}`),
    ...cleared.map(({ words }) => `  cleared: ${words}`),
  ].join('\n');
}

function rowOf({
  metric,
  label,
  unit,
  old,
  new: fresh,
  change,
  limit,
  verdict,
  improved,
  runsNeeded,
}: MetricJudgement) {
  const more = runsNeeded === null ? '' : ` (${runsNeeded} runs?)`;
  return [
    label,
    ...[formatValue(old.mean, unit), formatValue(fresh.mean, unit)],
    change === null ? '–' : formatChange(metric, change),
    formatLimit(metric, { ...limit, why: limit.why === 'noise' ? 'default' : limit.why }),
    (improved ? 'better' : verdictWords[verdict]) + more,
  ];
}
