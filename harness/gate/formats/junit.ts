/**
 * JUnit's XML, as Jenkins, GitLab and others read it: a suite per point, and in it a test case for the runs
 * themselves, for every metric and for every check. What fails is a `<failure>`, what cannot be said an `<error>`, what
 * neither side measured is skipped.
 */
import junit, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import type { GateVerdict } from '../judgement.js';
import type { GatePointResult, GateResult } from '../result.js';
import { harmless } from './text.js';

// Its types describe an ES module, but what Node.js loads is CommonJS.
const builder = junit as unknown as Builder;

export function junitXml(result: GateResult): string {
  const report = builder.newBuilder().name(`rsplab gate on ${result.on}`);
  for (const point of result.points) suiteOf(report.testSuite(), point, result);
  // Jenkins' schema has no such count of all suites.
  return report.build().replace(/(<testsuites [^>]*?) skipped="\d+"/, '$1');
}

function suiteOf(suite: TestSuite, point: GatePointResult, { date, on }: GateResult): void {
  const seconds = point.runs.reduce((sum, { sample }) => sum + (sample?.seconds ?? 0), 0);
  suite
    .name(harmless(`${point.name} on ${on}`))
    .timestamp(date.slice(0, 19))
    .time(inSeconds(seconds));
  const add = (name: string) =>
    suite
      .testCase()
      .className(harmless(`gate.${point.name.replaceAll('.', '_')}`))
      .name(harmless(name))
      .time(0);
  // There also when nothing was to be judged, so that no report is empty.
  const runs = add('runs').time(inSeconds(seconds));
  if (point.reasons.length > 0) runs.error(harmless(point.reasons.join('; ')), 'unknown', harmless(howToSee(point)));
  else runs.standardOutput(harmless(howToSee(point)));
  for (const { metric, label, verdict, words } of point.metrics) {
    say(add(metric), verdict, `${label}. ${words}`, point);
  }
  for (const { check, verdict, words } of point.checks) say(add(`check ${check}`), verdict, words, point);
}

function say(test: TestCase, verdict: GateVerdict, words: string, point: GatePointResult): void {
  const message = harmless(words);
  if (verdict === 'fail') test.failure(message, 'fail').stacktrace(harmless(`${words}\n${howToSee(point)}`));
  else if (verdict === 'unknown') test.error(message, 'unknown', harmless(`${words}\n${howToSee(point)}`));
  else if (verdict === 'none') test.skipped();
  else test.standardOutput(message);
}

/** Milliseconds are enough, and no exponent ever. */
const inSeconds = (seconds: number): number => Number(seconds.toFixed(3));

/** The commands that make the first runs again. */
const howToSee = ({ runs }: GatePointResult): string =>
  runs
    .flatMap(({ sample, side }) => (sample && side === 'new' ? [sample.replay] : []))
    .slice(0, 3)
    .join('\n') || 'No run came to its end.';
