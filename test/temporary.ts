/**
 * Folders for tests, removed after each file of tests, together with the variables that it set: vitest runs this before
 * each, also where files share a process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';

/** One list for all that load this: vitest does it anew for each file, and modules that stay know an earlier one. */
const shared = globalThis as { rsplabTestFolders?: string[] };
shared.rsplabTestFolders ??= [];
const folders = shared.rsplabTestFolders;

afterAll(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, gone when the tests of the file that asked for it are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rsplab-test-'));
  folders.push(folder);
  return folder;
}
