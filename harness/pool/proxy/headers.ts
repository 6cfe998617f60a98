/** Header fields as Node.js and undici have them: names and values in turn, as they were received. */

/** RFC 9110, section 7.6.1, and what else means the next hop only. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export type Fields = readonly string[];

export const pairsOf = (fields: Fields): [name: string, value: string][] =>
  Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at]!, fields[2 * at + 1]!]);

/** All values of a field, in order. */
export const valuesOf = (fields: Fields, name: string): string[] =>
  pairsOf(fields).flatMap(([each, value]) => (each.toLowerCase() === name ? [value] : []));

/** Without those for one hop, by rule or because `Connection` names them, and without `others`, in lower case. */
export function endToEnd(fields: Fields, others: readonly string[] = []): string[] {
  const named = valuesOf(fields, 'connection').flatMap((value) => value.split(','));
  const dropped = new Set([...hopByHop, ...others, ...named.map((name) => name.trim().toLowerCase())]);
  return pairsOf(fields).flatMap(([name, value]) => (dropped.has(name.toLowerCase()) ? [] : [name, value]));
}

/** RFC 9110, section 7.6.3. */
export const via = ['Via', '1.1 rsplab'] as const;
