import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file of which half is never seen: it appears under its name when it is whole. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
