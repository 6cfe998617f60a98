/** What a figure is: where its data come from, what its panels show, and what is said about it. */
import type { PointValue } from '../../harness/experiment/experiment.js';
import type { Restriction } from '../../harness/sweep/grid.js';
import type { Claim } from './claim.js';

/** Something varied, as the axis or the legend says it. */
export interface Dimension {
  /** As the experiment names it. */
  readonly name: string;
  readonly label: string;
  /** From the experiment's unit to the axis'. @defaultValue unchanged */
  readonly scale?: number;
  /** Whether each step of the axis is ten times the one before. @defaultValue false */
  readonly logarithmic?: boolean;
}

export interface Panel {
  /** Ends the file names: `fig08-utilisation.svg`. */
  readonly name: string;
  /** Column of the sweep's tables. */
  readonly metric: string;
  readonly label: string;
  /** Lowest upper end of the axis. */
  readonly atLeast?: number;
}

export interface Figure {
  /** The paper's number, or a word for a figure that it has not. */
  readonly name: string;
  readonly title: string;
  /** File name in `experiments/`, without its ending. */
  readonly experiment: string;
  readonly x: Dimension;
  /** What tells a policy's curves apart. */
  readonly curve: Dimension;
  readonly panels: readonly Panel[];
  readonly claims: readonly Claim[];
  /** The part of its experiment that it shows. @defaultValue all of it */
  readonly grid?: Restriction;
  /** A thinner grid for a quick look. */
  readonly quick: Restriction;
  /** How it is measured on real components; absent for a formula. */
  readonly measured?: Measured;
}

/** A grid thin enough, and runs short enough, to be measured, with the corners and the middle of each curve. */
export interface Measured {
  readonly grid: Restriction;
  /** Of the paper's 10 elements and 100 users, or of what the experiment has. @defaultValue 0.3 */
  readonly scale?: number;
  /** Seconds. */
  readonly measure: number;
  /** The point that is measured at the paper's full scale, too. */
  readonly full: Restriction;
  /** What real components do not do as the paper asks, told and not worked around. */
  readonly departures: readonly string[];
}

export const utilisationPanel: Panel = {
  name: 'utilisation',
  metric: 'utilisation_percent',
  label: 'Average system utilisation [%]',
};

export const speedPanel: Panel = {
  name: 'handling-speed',
  metric: 'handling_speed_percent',
  label: 'Average request handling speed [% of PE capacity]',
};

/** A curve's points in axis units, with 95 % intervals; those of a formula have none. */
export interface Series {
  readonly policy: string | null;
  /** Which of the policy's curves. */
  readonly index: number;
  readonly curve: PointValue;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Runs behind it; 0 for a formula. */
  readonly n: number;
}

export const policyNames: Readonly<Record<string, string>> = {
  LeastUsed: 'Least Used',
  RoundRobin: 'Round Robin',
  Random: 'Random',
};

export const isOfPaper = ({ name }: Pick<Figure, 'name'>): boolean => /^\d+$/.test(name);

/** As text and progress name it: `Figure 8`, or a word. */
export const nameOfFigure = (figure: Pick<Figure, 'name'>): string =>
  isOfPaper(figure) ? `Figure ${figure.name}` : figure.name;

/** What stands above it: the paper's number where it has one, and the title. */
export const headingOf = (figure: Pick<Figure, 'name' | 'title'>): string =>
  isOfPaper(figure) ? `Figure ${figure.name}. ${figure.title}` : figure.title;

/** Begins the names of a figure's files: `fig08`. */
export const fileBase = (figure: Pick<Figure, 'name'>): string =>
  isOfPaper(figure) ? `fig${figure.name.padStart(2, '0')}` : figure.name;

/** Tables of measured runs, of the grid and of the point at full scale. */
export const tableNames = (figure: Pick<Figure, 'name'>) => ({
  runs: `${fileBase(figure)}-runs.csv`,
  full: `${fileBase(figure)}-full-runs.csv`,
});
