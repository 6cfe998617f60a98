/**
 * Several tests at once: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
 * Statistics 6 (1979). The chance that any true hypothesis is rejected is at most `level`, however the tests depend on
 * each other.
 * @param probabilities one per test, of data like these if its hypothesis held
 * @returns for each test the level that it is held against: it is rejected when its probability is at most that
 */
export function holmLevels(probabilities: readonly number[], level: number): number[] {
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const levels = new Array<number>(probabilities.length);
  let stopped: number | null = null;
  for (const [place, index] of order.entries()) {
    const own = level / (probabilities.length - place);
    levels[index] = stopped ?? own;
    // From the first that is kept on, all are: they are held against its level, which none of them reaches.
    if (stopped === null && probabilities[index]! > own) stopped = own;
  }
  return levels;
}
