declare const seconds: unique symbol;

/**
 * A span of time in seconds. Made by {@link ms}, {@link s} or {@link minutes}, so that no bare number is taken for one.
 */
export type Duration = number & { readonly [seconds]: true };

export const s = (value: number): Duration => value as Duration;
export const ms = (value: number): Duration => (value / 1e3) as Duration;
export const minutes = (value: number): Duration => (value * 60) as Duration;

/** Milliseconds without the binary noise of the division: 10 ms stays 10, not 10.000000000000002. */
export const toMilliseconds = (duration: number): number => Number((duration * 1e3).toPrecision(12));

const units: Record<string, (value: number) => Duration> = { ms, s, min: minutes, h: (value) => minutes(value * 60) };

/**
 * Reads what a person types for a duration: `250ms`, `30s`, `5min`, `1h`, or a plain number of seconds.
 * @returns undefined when the text is none of these
 */
export function parseDuration(text: string): Duration | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|min|h)?$/.exec(text.trim());
  if (!match) return undefined;
  return units[match[2] ?? 's']!(Number(match[1]));
}

/** For people: three significant digits and the unit that reads best, e.g. `12.3 ms`, `1.53 s`, `2 min 5 s`. */
export function formatDuration(duration: number): string {
  if (!Number.isFinite(duration)) return '–';
  const size = Math.abs(duration);
  // Compared as rounded, or 0.9999 s would read as 1000 ms.
  if (size < 0.9995) return `${Number((duration * 1e3).toPrecision(3))} ms`;
  if (size < 119.5) return `${Number(duration.toPrecision(3))} s`;
  const whole = Math.round(duration);
  return `${Math.trunc(whole / 60)} min ${Math.abs(whole % 60)} s`;
}
