/** A sweep's runs as figures and claims ask for them: by point and replication. */
import type { Point, PointValue } from '../../harness/experiment/experiment.js';
import type { Grid } from '../../harness/sweep/grid.js';
import type { RunRecord } from '../../harness/sweep/ledger.js';
import { meanOfRuns } from '../../harness/sweep/table.js';
import type { Figure, Panel, Series, SeriesPoint } from './figure.js';

/** One number per replication; null where a run is missing or says nothing. */
export type Sample = readonly (number | null)[];
export type Where = Readonly<Record<string, PointValue | readonly PointValue[]>>;

/** What a sweep or a table of measured runs has. */
export interface RunsOfGrid {
  readonly grid: Pick<Grid, 'points'>;
  readonly records: readonly RunRecord[];
  readonly description: { readonly replications: number };
  /** Whether no run shares its seed with another. @defaultValue false: replications share theirs at all points */
  readonly independent?: boolean;
}

/**
 * Of runs that share nothing with those at other points, as measured ones: then a mean over points need not be taken
 * replication by replication, for each run is an observation of its own.
 */
export class IndependentSample extends Array<number | null> {}

export class FigureData {
  readonly replications: number;
  readonly independent: boolean;
  readonly points: readonly Point[];
  readonly #samples: ReadonlyMap<string, Sample>[];

  constructor({ grid, records, description, independent = false }: RunsOfGrid) {
    this.independent = independent;
    this.replications = description.replications;
    this.points = grid.points.map(({ point }) => point);
    const samples = this.points.map(() => new Map<string, (number | null)[]>());
    for (const { point, replication, values } of records) {
      for (const [column, value] of Object.entries(values)) {
        const sample = samples[point]!.get(column) ?? Array<number | null>(this.replications).fill(null);
        sample[replication - 1] = value;
        samples[point]!.set(column, sample);
      }
    }
    this.#samples = samples;
  }

  /** The values that something varied takes, in order. */
  valuesOf(name: string): PointValue[] {
    return [...new Set(this.points.map((point) => point[name]!))];
  }

  numbersOf(name: string): number[] {
    return this.valuesOf(name)
      .map(Number)
      .sort((a, b) => a - b);
  }

  select(where: Where): Point[] {
    return this.points.filter((point) =>
      Object.entries(where).every(([name, wanted]) =>
        Array.isArray(wanted) ? wanted.includes(point[name]!) : point[name] === wanted,
      ),
    );
  }

  /** The metric's values at the one point that fits; nulls when there is none. */
  sample(metric: string, where: Where): Sample {
    const [point] = this.select(where);
    const index = point === undefined ? -1 : this.points.indexOf(point);
    const sample = this.#samples[index]?.get(metric) ?? Array<null>(this.replications).fill(null);
    return this.independent ? IndependentSample.from(sample) : sample;
  }
}

/** The panel's curves, policy by policy; points without a run are left out. */
export function seriesOf(data: FigureData, { x, curve }: Pick<Figure, 'x' | 'curve'>, { metric }: Panel): Series[] {
  return data.valuesOf('policy').flatMap((policy) =>
    data.valuesOf(curve.name).map((value, index) => ({
      policy: String(policy),
      index,
      curve: value,
      points: data
        .select({ policy, [curve.name]: value })
        .flatMap((point) => pointOf(Number(point[x.name]) * (x.scale ?? 1), data.sample(metric, point)))
        .sort((a, b) => a.x - b.x),
    })),
  );
}

/** A curve's point; none where no run says anything. */
export function pointOf(x: number, sample: readonly (number | null | undefined)[]): SeriesPoint[] {
  const { mean, halfWidth, n } = meanOfRuns(sample);
  if (mean === null) return [];
  return [{ x, mean, low: mean - (halfWidth ?? 0), high: mean + (halfWidth ?? 0), n }];
}
