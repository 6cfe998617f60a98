/** The files that an experiment's own programs consist of, for a machine that does not see those of this one. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, relative } from 'node:path';
import { badInput } from '../../base/errors.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';

export interface ServiceFile {
  /** Seen from the workspace. */
  readonly path: string;
  readonly executable: boolean;
}

/**
 * Of all web elements: what their commands name, and what else they say that they need. In order, each once.
 * @param workspace where relative paths begin
 * @throws HarnessError `bad-input` for what is not there, or outside the workspace
 */
export function serviceFiles(plan: Plan, workspace: string): ServiceFile[] {
  const found = new Map<string, ServiceFile>();
  for (const { name, role } of hostsWith(plan, 'poolElement')) {
    const { command, files = [] } = role.server ?? {};
    const where = `${plan.experiment}.${name}.files`;
    for (const path of files) {
      if (!existsSync(join(workspace, path)))
        throw badInput(`${where}: expected a file or a folder, got ${path}, which is not there`);
      checkWithin(where, workspace, path);
    }
    const named = (command ?? []).filter((word) => isWithin(workspace, word) && existsSync(join(workspace, word)));
    for (const path of [...named, ...files]) {
      for (const file of below(workspace, normalize(path))) found.set(file.path, file);
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const isWithin = (workspace: string, path: string): boolean =>
  !isAbsolute(path) && !relative(workspace, join(workspace, path)).startsWith('..');

function checkWithin(where: string, workspace: string, path: string): void {
  if (!isWithin(workspace, path))
    throw badInput(`${where}: expected a path below the folder that rsplab was started in, got ${path}`);
}

function below(workspace: string, path: string): ServiceFile[] {
  const status = statSync(join(workspace, path));
  if (!status.isDirectory()) return [{ path, executable: (status.mode & 0o111) !== 0 }];
  return readdirSync(join(workspace, path))
    .sort()
    .flatMap((name) => below(workspace, join(path, name)));
}
