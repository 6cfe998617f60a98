/**
 * Delta debugging: finds a small part of a list that still fails (Zeller and Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", IEEE Transactions on Software Engineering 28(2), 2002: the algorithm ddmin).
 * @param items fail as a whole
 * @param fails whether these items, in order, fail; asked again for the same ones now and then
 * @returns items that fail, and of which, as far as `fails` can be relied upon, none can be left out
 */
export async function ddmin<T>(
  items: readonly T[],
  fails: (subset: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let current = items;
  for (let parts = 2; current.length >= 2; ) {
    const subsets = split(current, parts);
    const complements = parts === 2 ? [] : subsets.map((_, left) => subsets.filter((_, at) => at !== left).flat());
    const subset = await firstOf(subsets, fails);
    const complement = subset ? undefined : await firstOf(complements, fails);
    if (subset) [current, parts] = [subset, 2];
    else if (complement) [current, parts] = [complement, Math.max(parts - 1, 2)];
    else if (parts < current.length) parts = Math.min(2 * parts, current.length);
    else break;
  }
  return current;
}

/** In parts of as equal a length as can be, none of them empty. */
function split<T>(items: readonly T[], parts: number): T[][] {
  const at = (part: number) => Math.round((part * items.length) / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(at(part), at(part + 1)));
}

async function firstOf<T>(candidates: readonly T[], holds: (candidate: T) => Promise<boolean>): Promise<T | undefined> {
  for (const candidate of candidates) if (await holds(candidate)) return candidate;
  return undefined;
}
