/** Folders that may not be there, or not be readable. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The folder itself, or the nearest one above it that exists. */
export function existingFolder(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || path === dirname(path) ? path : existingFolder(dirname(path));
}
