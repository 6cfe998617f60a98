import { adoptTemporaryFolder } from '../base/temporary.js';

type Loader = { import(url: string, from: string): Promise<unknown> };

/** Of its own, so that nothing else in this process is loaded any differently. */
const namespace = 'experiments';

let loader: Promise<Loader> | undefined;
let imports = 0;

/**
 * Imports a TypeScript file as it is now; what several files import is loaded once.
 * @param from the module that asks, as a URL
 */
export async function tsImport(url: string, from: string): Promise<unknown> {
  loader ??= startLoader();
  // The file may have changed since it was imported last.
  return (await loader).import(`${url}?import=${++imports}`, from);
}

/** tsx keeps what it compiled among the temporary files, and does not load where it cannot. */
async function startLoader(): Promise<Loader> {
  adoptTemporaryFolder();
  const [older, modules] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
  // A file that is in a folder whose package is not of type "module" asks by `require`.
  older.register({ namespace });
  return modules.register({ namespace });
}
