/** Figures of the failovers: what the stages take on average, measured beside predicted, and in each single one. */
import { formatDuration } from '../../harness/base/units.js';
import type { PointComparison } from '../../harness/compare/comparison.js';
import { type FailoverRow, type StageName, stageNames } from '../../harness/result/rows.js';
import { Plot, plotSvg, textWidth } from '../page/draw.js';
import { type Content, html } from '../page/escape.js';
import { figureMarkup, type Size } from '../page/figure.js';
import { tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';
import { failoverTable } from './tables.js';

interface Bar {
  readonly bar: string;
  readonly stage: StageName | 'unfinished';
  readonly from: number;
  readonly to: number;
  readonly tip: string;
}

const inks: Readonly<Record<Bar['stage'], string>> = {
  detection: 'var(--stage-detection)',
  selection: 'var(--stage-selection)',
  connection: 'var(--stage-connection)',
  resumption: 'var(--stage-resumption)',
  unfinished: 'none',
};

/** More bars than this are no picture any more; the longest ones are shown. */
const barsMost = 30;

export function stageFigures(run: RunFiles): Content {
  const { failovers, measured, comparison } = run;
  if (failovers.length === 0) return html`<p>No fault stalled a request, so there is no failover to show.</p>`;
  const running = measured.filter(({ phase }) => phase === 'running');
  return [
    comparison && meanFigure(run, comparison),
    running.length > 0 && eachFigure(run, running),
    html`<details><summary>All failovers (${failovers.length}${measured.length < failovers.length && `, of them ${failovers.length - measured.length} outside of the measurement, in no number above`})</summary>${tableMarkup(failoverTable(run))}</details>`,
  ];
}

interface Means {
  readonly name: string;
  readonly stages: Readonly<Record<StageName, number>>;
}

/** Means over failovers of running requests that resumed, so that the stages add up to the delay. */
function meansOf({ contributions, metrics }: PointComparison): Means[] {
  const [first] = contributions;
  const side = (name: string, of: (stage: StageName) => number): Means => ({
    name,
    stages: Object.fromEntries(stageNames.map((stage) => [stage, of(stage)])) as Means['stages'],
  });
  if (first) {
    const at = (contribution: typeof first, stage: StageName) =>
      contribution.stages.find((each) => each.stage === stage)!;
    return [
      side('measured', (stage) => at(first, stage).measured),
      ...contributions.map((each) => side(each.reference, (stage) => at(each, stage).reference)),
    ];
  }
  const measured = (stage: StageName) => metrics.find(({ metric }) => metric === stage)?.measured?.value;
  if (stageNames.some((stage) => measured(stage) === undefined)) return [];
  return [side('measured', (stage) => measured(stage)!)];
}

const total = ({ stages }: Means): number => stageNames.reduce((sum, stage) => sum + stages[stage], 0);

function meanFigure(run: RunFiles, comparison: PointComparison): Content {
  const means = meansOf(comparison);
  if (means.length === 0) return null;
  const label = (each: Means) => (each.name === 'measured' ? run.side : `${each.name} (predicted)`);
  const bars = means.flatMap((each) => stacked(label(each), (stage) => each.stages[stage]));
  const count = run.measured.filter(({ phase, delay }) => phase === 'running' && delay !== null).length;
  return figureMarkup({
    file: `${run.plan.experiment}-stages`,
    title: 'Where the time of a failover goes',
    reading: `Mean over ${count === 1 ? 'the one failover' : `${count} failovers`} of requests that were running and resumed.${
      means.length === 1 ? ' Nothing is predicted yet: rsplab compare adds it.' : ''
    }`,
    alternative: means
      .map(
        (each) =>
          `${label(each)}: ${formatDuration(total(each))}, of it ${stageNames.map((stage) => `${stage} ${formatDuration(each.stages[stage])}`).join(', ')}`,
      )
      .join('. '),
    draw: (size) =>
      stackedSvg(
        bars,
        means.map((each) => ({ bar: label(each), end: total(each), text: formatDuration(total(each)) })),
        size,
        34,
      ),
    table: tableMarkup({
      id: 'stage-means',
      file: `${run.plan.experiment}-stages`,
      caption: 'Mean time per stage',
      rows: means,
      columns: [
        { key: 'side', label: '', unit: 'text', value: label },
        ...stageNames.map((stage) => ({
          ...{ key: `${stage}_s`, label: stage, unit: 'span' as const },
          value: (each: Means) => each.stages[stage],
        })),
        { key: 'delay_s', label: 'failover delay', unit: 'span', value: total },
      ],
    }),
  });
}

function eachFigure(run: RunFiles, running: readonly FailoverRow[]): Content {
  const length = (row: FailoverRow) => row.delay ?? run.end - (row.faultAt ?? row.detectedAt ?? run.end);
  const shown = [...running].sort((a, b) => length(b) - length(a)).slice(0, barsMost);
  if (running.length <= barsMost) shown.sort((a, b) => (a.faultAt ?? 0) - (b.faultAt ?? 0));
  const named = shown.map((row, index) => ({
    row,
    bar: `${index + 1}. ${row.user}, ${row.faultKind ?? 'no fault'} of ${row.oldElement}`,
  }));
  const bars = named.flatMap(({ row, bar }) => [
    ...stacked(bar, (stage) => row[stage]),
    ...unfinished(bar, row, length(row)),
  ]);
  const ends = named.map(({ row, bar }) => ({
    bar,
    end: length(row),
    text: row.resumedAt === null ? 'never resumed' : formatDuration(length(row)),
  }));
  return figureMarkup({
    file: `${run.plan.experiment}-failovers`,
    title: running.length <= barsMost ? 'Every failover' : `The ${barsMost} longest of ${running.length} failovers`,
    reading:
      'From the fault to the new element’s first answer. Dashed: not resumed when the run ended, or stages not seen.',
    alternative: ends.map(({ bar, text }) => `${bar}: ${text}`).join('; '),
    draw: (size) => stackedSvg(bars, ends, size, 20),
    table: null,
  });
}

/** One bar's stages, one after the other. */
function stacked(bar: string, of: (stage: StageName) => number | null): Bar[] {
  let from = 0;
  return stageNames.flatMap((stage) => {
    const length = of(stage);
    if (length === null) return [];
    const part: Bar = {
      bar,
      stage,
      from,
      to: from + Math.max(0, length),
      tip: `${bar}\n${stage}: ${formatDuration(length)}`,
    };
    from = part.to;
    return [part];
  });
}

/** What lies between the last stage that was seen and the end. */
function unfinished(bar: string, row: FailoverRow, length: number): Bar[] {
  const seen = stageNames.reduce((sum, stage) => sum + (row[stage] ?? 0), 0);
  if (length - seen < 1e-3) return [];
  const tip = row.resumedAt === null ? `${bar}\nnot resumed when the run ended` : `${bar}\nstages not seen`;
  return [{ bar, stage: 'unfinished', from: seen, to: length, tip }];
}

interface End {
  readonly bar: string;
  readonly end: number;
  readonly text: string;
}

function stackedSvg(bars: readonly Bar[], ends: readonly End[], { width }: Size, thickness: number): string {
  const narrow = width < 500;
  const names = ends.map(({ bar }) => bar);
  const marginLeft = narrow ? 12 : Math.min(260, 14 + Math.max(...names.map(textWidth)));
  // Where there is no room beside a bar, its name stands above it.
  const rowHeight = thickness + (narrow ? 26 : 8);
  const inset = { insetTop: narrow ? 20 : 3, insetBottom: 3 };
  return plotSvg(
    {
      width,
      height: names.length * rowHeight + 50,
      marginLeft,
      marginRight: 84,
      marginTop: 4,
      marginBottom: 42,
      x: {
        label: 'seconds since the fault',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        ticks: narrow ? 4 : 8,
        nice: true,
      },
      y: { domain: names, label: null, padding: 0.05, tickSize: 0, ...(narrow ? { axis: null } : {}) },
      marks: [
        Plot.barX(
          bars.filter(({ stage }) => stage !== 'unfinished'),
          { x1: 'from', x2: 'to', y: 'bar', fill: (bar: Bar) => inks[bar.stage], title: 'tip', ...inset },
        ),
        Plot.barX(
          bars.filter(({ stage }) => stage === 'unfinished'),
          {
            x1: 'from',
            x2: 'to',
            y: 'bar',
            fill: 'transparent',
            stroke: 'var(--state-stalled)',
            strokeDasharray: '4 3',
            title: 'tip',
            ...inset,
          },
        ),
        Plot.text(ends, {
          x: 'end',
          y: 'bar',
          text: 'text',
          textAnchor: 'start',
          dx: 7,
          dy: narrow ? 9 : 0,
          fontWeight: 600,
        }),
        ...(narrow
          ? [Plot.text(ends, { x: 0, y: 'bar', text: 'bar', textAnchor: 'start', dy: -rowHeight / 2 + 10 })]
          : []),
        Plot.ruleX([0]),
      ],
      color: { type: 'identity' },
    },
    stageNames.map((stage) => ({ label: stage, colour: inks[stage] })),
  );
}
