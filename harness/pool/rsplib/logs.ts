/** What RSPLIB's components print that shows their state. */

export const registrarIsReady = (log: string): boolean => log.includes('The registrar is ready!');

/** Pool element identifiers that a registrar says it put into its handlespace. */
export function registeredIn(log: string): Set<number> {
  const found = log.matchAll(/Successfully registered [^\n]*\/\$([0-9a-f]{8})/g);
  return new Set([...found].map(([, hex]) => Number.parseInt(hex!, 16)));
}

/** How many elements a registrar is home of, by the last whole line of its statistics. */
export function ownedElements(statistics: string): number {
  const line = statistics.slice(0, statistics.lastIndexOf('\n')).split('\n').at(-1) ?? '';
  return Number(line.split(/ +/)[9]) || 0;
}
