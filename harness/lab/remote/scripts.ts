import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package-root.js';

/** A script that hosts are given to run. It is not compiled, so it stays with the sources. */
export const scriptOf = (name: 'supervisor' | 'follow' | 'probe' | 'overlay/boot' | 'overlay/talk'): string =>
  readFileSync(join(packageRoot(import.meta.url), 'harness/lab/remote', `${name}.sh`), 'utf8');
