import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** rsplab's own folder, found from one of its modules: the compiled ones lie one level deeper than the sources. */
export function packageRoot(moduleUrl: string): string {
  let folder = new URL('.', moduleUrl);
  while (!existsSync(new URL('package.json', folder)) && folder.pathname !== '/') folder = new URL('..', folder);
  return fileURLToPath(folder);
}
