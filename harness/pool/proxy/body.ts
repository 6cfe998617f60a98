/** The body of a request that may have to be sent more than once. */
import type { IncomingMessage } from 'node:http';

export interface RequestBody {
  /** For the next attempt, from the beginning; null when there is none. */
  next(): AsyncIterable<Buffer> | null;
  /** Whether another attempt would get all of it. */
  readonly isWhole: boolean;
}

/** @param replayBytes what has passed is kept up to so many bytes; a body that is longer can be sent only once */
export function bodyOf(request: IncomingMessage, replayBytes: number): RequestBody {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return { next: () => null, isWhole: true };
  const source = request.iterator({ destroyOnReturn: false });
  /** An attempt that failed may have asked for a piece that the next one needs. */
  const pieces: Promise<IteratorResult<Buffer>>[] = [];
  let size = 0;
  const pull = (): Promise<IteratorResult<Buffer>> => {
    const piece = source.next();
    piece.then(
      ({ value }) => {
        size += value?.length ?? 0;
      },
      () => {},
    );
    return piece;
  };
  return {
    next: () => ({
      async *[Symbol.asyncIterator]() {
        for (let at = 0; ; at++) {
          // What is not kept is let go as soon as it has been taken.
          if (size > replayBytes) delete pieces[at - 1];
          pieces[at] ??= pull();
          const { done, value } = await pieces[at]!;
          if (done) return;
          yield value;
        }
      },
    }),
    get isWhole() {
      return size <= replayBytes;
    },
  };
}
