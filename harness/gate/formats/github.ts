/** What GitHub Actions shows: annotations, which are lines on the standard output, and a summary of the step. */

import type { GatePointResult, GateResult } from '../result.js';
import { pointName } from '../words.js';
import { harmless } from './text.js';

/** GitHub shows no more of one kind per step. */
export const mostAnnotations = 10;

interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** The worst first; what does not fit is counted in the last one. */
export function githubAnnotations(result: GateResult): string[] {
  const all = result.points.flatMap(annotationsOf);
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const own = all.filter((annotation) => annotation.level === level);
    if (own.length <= mostAnnotations) return own.map(lineOf);
    const shown = own.slice(0, mostAnnotations - 1);
    const rest = { level, title: 'rsplab gate', message: `and ${own.length - shown.length} more; see the report` };
    return [...shown, rest].map(lineOf);
  });
}

function annotationsOf(point: GatePointResult): Annotation[] {
  const title = (what: string) => `${pointName(point.experiment, point.point)}: ${what}`;
  return [
    ...point.reasons.map((message) => ({ level: 'warning' as const, title: title('the lab broke'), message })),
    ...point.metrics.flatMap(({ label, verdict, words, improved }): Annotation[] => {
      if (verdict === 'fail') return [{ level: 'error', title: title(label), message: words }];
      if (verdict === 'unknown') return [{ level: 'warning', title: title(label), message: words }];
      return improved ? [{ level: 'notice', title: title(label), message: words }] : [];
    }),
    ...point.checks.flatMap(({ check, verdict, words }): Annotation[] => {
      if (verdict === 'fail') return [{ level: 'error', title: title(`check ${check}`), message: words }];
      return verdict === 'unknown' ? [{ level: 'warning', title: title(`check ${check}`), message: words }] : [];
    }),
  ];
}

const lineOf = ({ level, title, message }: Annotation): string =>
  `::${level} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}`;

/** As GitHub's runner decodes it. */
const escaped = (text: string): string =>
  harmless(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const mostSummaryBytes = 1024 * 1024;

/** A summary longer than GitHub takes would not be shown at all. */
export function githubSummary(markdown: string): string {
  const bytes = Buffer.from(markdown);
  if (bytes.length < mostSummaryBytes) return markdown;
  const cut = bytes.subarray(0, mostSummaryBytes - 200).toString('utf8');
  return `${cut.slice(0, cut.lastIndexOf('\n'))}\n\nCut here: the rest is in the report.\n`;
}
