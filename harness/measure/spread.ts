/** A handful of numbers about many: nulls when there were none. */
export interface Spread {
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { count: 0, mean: null, p50: null, p95: null, max: null };
  const sorted = [...values].sort((a, b) => a - b);
  // Nearest rank: always one of the values.
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { count: values.length, mean, p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1)! };
}
