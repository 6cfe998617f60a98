import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { packageRoot } from '../../base/package-root.js';
import { jobModules, jobs } from './jobs.js';

const here = packageRoot(import.meta.url);
/** What runs as a process of its own in the machine, or as its first one. */
const programs = [
  'harness/lab/virtual/guest.js',
  'harness/pool/native/attacker.js',
  'harness/pool/native/fuzz/main.js',
  'harness/pool/native/peer/element.js',
  'harness/pool/native/peer/user.js',
  'harness/pool/native/registrar/main.js',
  'harness/pool/web/element.js',
  'harness/pool/web/user.js',
];

/** Writes the compiled code of all jobs, in few files with all that they import, as they lie below `dist`. */
export async function bundle(folder: string): Promise<void> {
  await build({
    absWorkingDir: here,
    entryPoints: [...programs, ...jobModules].map((name) => join('dist', name)),
    outbase: 'dist',
    outdir: join(folder, 'dist'),
    splitting: true,
    ...asInMachine,
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
}

/** A module that asks where it is gets told where it would be, had it not been bundled. */
const ownPlace: Plugin = {
  name: 'own place',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/harness\/.*\.js$/ }, ({ path }) => {
      const place = JSON.stringify(`file:///rsplab/${path.slice(here.length).replace(/^\//, '')}`);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place), loader: 'js' };
    });
  },
};

/** How code becomes what the machine's Node.js runs. */
const asInMachine = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Packages written in the older manner ask for Node.js's own parts by `require`.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/rsplab/');" },
  // Prebuilt for one processor, so it is copied; and there is no engine in the machine.
  external: ['koffi', 'dockerode'],
  legalComments: 'none',
  logLevel: 'error',
  plugins: [ownPlace],
} satisfies BuildOptions;

/** @returns the code of one module with all that it imports, but for what needs an engine */
export async function bundleModule(file: string): Promise<string> {
  const external = [...asInMachine.external, '*/own-engine.js'];
  const { outputFiles } = await build({ ...asInMachine, external, entryPoints: [file], minify: true, write: false });
  return outputFiles[0]!.text;
}
