import { tsharkArguments } from '../../harness/measure/fields.js';
import { type CaptureLines, tsharkLines } from '../../harness/measure/tshark.js';

/** What tshark prints of a capture, a line a frame, so that frames can be left out again and again. */
export async function linesOf(capture: string): Promise<string[]> {
  const all: string[] = [];
  for await (const lines of tsharkLines(tsharkArguments(capture), { truncated: false })) all.push(...lines);
  return all;
}

export const asCapture = (lines: readonly string[]): CaptureLines =>
  async function* () {
    yield [...lines];
  };
