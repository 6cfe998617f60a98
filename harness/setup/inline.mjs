/**
 * After the compiler: modules whose packages are hundreds of files become one file each, with all that they need.
 * Loading is most of what a short command takes.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const modules = ['harness/stats/student.js', 'reports/page/plot.js'];

await build({
  absWorkingDir: dist,
  entryPoints: modules,
  outdir: dist,
  outbase: dist,
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Packages that are no modules ask for Node's own parts so.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  legalComments: 'linked',
  logLevel: 'warning',
});
