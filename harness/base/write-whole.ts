import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { labBroken, messageOf } from './errors.js';

/**
 * Writes a file of which half is never seen: it appears under its name when it is whole.
 * @param content all of it, or its pieces one after the other
 * @throws HarnessError `lab-broken` when it cannot, e.g. because the disk is full
 */
export function writeWhole(path: string, content: string | Uint8Array | Iterable<string>): void {
  const part = `${path}.part`;
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  try {
    const file = openSync(part, 'w');
    try {
      for (const piece of pieces) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw labBroken(`${path} cannot be written: ${messageOf(error)}`, error);
  }
}
