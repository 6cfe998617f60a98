import { accessSync, constants, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { badInput } from './errors.js';

/**
 * The longest folder in which a lab kernel can have its files: its console is a socket there, and a socket's path has
 * 107 letters at the most, 45 of which are ours.
 */
const longest = 60;

/**
 * Where our temporary files go: `TMPDIR`, or where that is missing, closed, too long, or has letters in it that a
 * kernel's command line would split, the machine's own folder for them.
 * @throws HarnessError `bad-input` when none will do, with the reasons
 */
export function temporaryFolder(candidates: readonly string[] = [tmpdir(), '/tmp', '/var/tmp']): string {
  const reasons: string[] = [];
  for (const folder of new Set(candidates)) {
    const reason = whyNot(folder);
    if (reason === null) return folder;
    reasons.push(`${folder} ${reason}`);
  }
  throw badInput(`TMPDIR: expected a folder for temporary files, got ${reasons.join(', ')}`);
}

/** Makes it the one of this process, too, for libraries that ask Node.js. Without any, nothing changes. */
export function adoptTemporaryFolder(): void {
  try {
    process.env.TMPDIR = temporaryFolder();
  } catch {
    // Whoever needs one says so.
  }
}

function whyNot(folder: string): string | null {
  if (!/^\/[\w./+@:,=~-]*$/.test(folder)) return 'is no plain absolute path';
  if (folder.length > longest) return `has more than ${longest} letters`;
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return 'is no folder';
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return 'cannot be written to';
  }
}
