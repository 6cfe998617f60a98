/** Files that components write. */

/** A restarted component must not overwrite what it wrote before, so each of its lives has files of its own. */
export const fileOf = (
  host: string,
  life: number,
  extension: 'log' | 'vec' | 'sca' | 'stats' | 'ndjson' | 'k6.json' | 'k6-summary.json',
): string => `${life === 1 ? host : `${host}-${life}`}.${extension}`;

/** The last words of a component, for the message about its unexpected end. */
export function lastLines(log: string, count = 5): string {
  return log
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(-count)
    .join(' | ');
}
