import { adoptTemporaryFolder } from '../base/temporary.js';

/**
 * Imports a TypeScript file. tsx keeps what it compiled among the temporary files, and does not load where it cannot.
 * @param from the module that asks, as a URL
 */
export async function tsImport(url: string, from: string): Promise<unknown> {
  adoptTemporaryFolder();
  const tsx = await import('tsx/esm/api');
  return tsx.tsImport(url, from);
}
