/** Folders that may not be there, or not be readable. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isOfTheSystem } from './errors.js';

/** The folder itself, or the nearest one above it that exists. */
export function existingFolder(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || path === dirname(path) ? path : existingFolder(dirname(path));
}

/** Told of a folder that may not be read, such as `lost+found`, and why. */
export type OnUnreadable = (folder: string, error: Error) => void;

/** The paths of the folders within a folder, sorted by name; none of one that may not be read. */
export function foldersWithin(folder: string, onUnreadable: OnUnreadable = () => {}): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries
      .map(({ name }) => name)
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    onUnreadable(folder, error);
    return [];
  }
}
