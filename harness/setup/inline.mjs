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
  // Packages that are no modules ask for Node.js's own parts by `require`; the name is nobody else's.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  legalComments: 'linked',
  logLevel: 'warning',
});
