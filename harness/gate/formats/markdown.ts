/** A gate as Markdown, for a comment on a change or the summary of a step. */
import { formatDuration } from '../../base/units.js';
import type { CheckJudgement, GateVerdict, MetricJudgement } from '../judgement.js';
import type { GatePointResult, GateResult } from '../result.js';
import { countRuns, formatChange, formatLimit, formatValue } from '../words.js';
import { harmless } from './text.js';

const marks = { pass: '✅ pass', fail: '❌ fail', unknown: '❔ cannot say', none: '–' } as const;

export function markdown(result: GateResult): string {
  const { verdict, on, seconds, points, notes, command } = result;
  const runs = points.reduce((sum, point) => sum + point.runs.length, 0);
  return `${[
    `## rsplab gate: ${marks[verdict]}`,
    `${headline(result)} ${countRuns(runs)} on \`${on}\` in ${formatDuration(seconds)}.`,
    ...points.map(pointMarkdown),
    ...(notes.length > 0 ? [notes.map((note) => `- ${cell(note)}`).join('\n')] : []),
    `<details><summary>Again</summary>\n\n\`\`\`sh\n${harmless(command)}\n\`\`\`\n</details>`,
  ].join('\n\n')}\n`;
}

/** The gate in one sentence. */
export function headline({ points }: GateResult): string {
  const of = (verdict: GateVerdict) => points.flatMap((point) => namesOf(point, (it) => it.verdict === verdict));
  const [failed, open] = [of('fail'), of('unknown')];
  const broken = points.flatMap(({ reasons }) => reasons);
  if (failed.length > 0) return `Worse: ${list(failed)}.`;
  if (broken.length > 0) return `The lab broke: ${list(broken)}.`;
  if (open.length > 0) return `Cannot say: ${list(open)}.`;
  if (points.every(({ identical }) => identical)) return 'Nothing changed: equal fingerprints, equal results.';
  const better = points.flatMap((point) => namesOf(point, (it) => 'improved' in it && it.improved));
  return better.length > 0 ? `Nothing is worse; better: ${list(better)}.` : 'Nothing is worse.';
}

/** `element-kill, keepAlive 1 (resumption, handling speed)`: a delay is named once, whatever of it is meant. */
function namesOf(
  { name, metrics, checks }: GatePointResult,
  isMeant: (it: MetricJudgement | CheckJudgement) => boolean,
): string[] {
  const labels = metrics.filter(isMeant).map(({ label }) => label.split(',')[0]!);
  const all = [...new Set([...labels, ...checks.filter(isMeant).map(({ check }) => `check ${check}`)])];
  return all.length === 0 ? [] : [`${all.join(', ')} (${name})`];
}

const list = (all: readonly string[]): string =>
  all.length > 4 ? `${all.slice(0, 4).join(', ')} and ${all.length - 4} more` : all.join(', ');

function pointMarkdown(point: GatePointResult): string {
  const { name, verdict, identical, metrics, checks, cleared, reasons } = point;
  const title = `### ${cell(name)}: ${marks[verdict]}`;
  const why = reasons.map((reason) => `- ${cell(reason)}`);
  if (identical) return [title, 'Identical to the baseline, by one run.', ...why].join('\n\n');
  const judged = metrics.filter((metric) => metric.verdict !== 'none');
  const telling = judged.filter((metric) => metric.verdict !== 'pass' || metric.improved);
  const rest = judged.filter((metric) => !telling.includes(metric));
  return [
    title,
    ...(why.length > 0 ? [why.join('\n')] : []),
    ...(telling.length > 0 ? [table(telling)] : []),
    ...(checks.length > 0
      ? [
          checks
            .map(({ check, verdict: said, words }) => `- check \`${cell(check)}\`: ${marks[said]}. ${cell(words)}`)
            .join('\n'),
        ]
      : []),
    ...(cleared.length > 0 ? [cleared.map(({ words }) => `- cleared: ${cell(words)}`).join('\n')] : []),
    ...(rest.length > 0
      ? [`<details><summary>${rest.length} metrics are no worse</summary>\n\n${table(rest)}\n\n</details>`]
      : []),
  ].join('\n\n');
}

const table = (metrics: readonly MetricJudgement[]): string =>
  [
    '| metric | old | new | change | limit | verdict |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...metrics.map(metricRow),
  ].join('\n');

function metricRow({
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
  const said = improved ? '✅ better' : marks[verdict];
  const more = runsNeeded === null ? '' : ` (about ${runsNeeded} runs would do)`;
  return `| ${[
    label,
    formatValue(old.mean, unit),
    formatValue(fresh.mean, unit),
    change === null ? '–' : formatChange(metric, change),
    formatLimit(metric, limit),
    said + more,
  ]
    .map(cell)
    .join(' | ')} |`;
}

/** Nothing in a name ends a cell, begins markup or calls somebody. */
const cell = (text: string): string =>
  harmless(text)
    .replace(/[\\|`*_<>[\]@#]/g, (found) => `\\${found}`)
    .replace(/\s+/g, ' ');
