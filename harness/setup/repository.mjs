/**
 * Whether the repository's own parts are current: the npm packages, the build, the link that makes `npx rsplab` work.
 * Each answer is by content or recorded state and takes milliseconds, because every start asks.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/** Whether node_modules holds what package-lock.json asks for. npm writes the inner list when it is done.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  const wanted = packagesIn(join(root, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return false;
  const paths = Object.keys(wanted).filter((path) => path !== '');
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    paths.every((path) =>
      // Optional packages for other platforms are not installed.
      installed[path] === undefined ? wanted[path]?.optional : installed[path].version === wanted[path]?.version,
    )
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }> | undefined}
 */
function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** Changes with every source that the build reads, with the compiler, and with packages that become part of it.
 * @param {string} root
 */
export function sourceFingerprint(root) {
  const files = [
    'tsconfig.json',
    'package-lock.json',
    'harness/setup/inline.mjs',
    'node_modules/typescript/package.json',
    ...sourceFolders.flatMap((folder) =>
      filesIn(join(root, folder), /(?<!\.d)\.ts$/).map((file) => join(folder, file)),
    ),
  ];
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** What tsconfig.json includes. */
const sourceFolders = ['harness', 'reports', 'topologies'];

/** @param {string} root */
const stampFile = (root) => join(root, 'dist', '.sources');

/** @param {string} root */
export function buildIsCurrent(root) {
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === sourceFingerprint(root);
}

/** Records a complete build of the sources that had this fingerprint, and removes what deleted sources left.
 * @param {string} root
 * @param {string} fingerprint
 */
export function recordBuild(root, fingerprint) {
  for (const folder of sourceFolders) {
    for (const file of filesIn(join(root, 'dist', folder), /\.(js|js\.map|d\.ts)$/)) {
      const source = join(root, folder, file.replace(/\.(js|js\.map|d\.ts)$/, '.ts'));
      if (!existsSync(source)) rmSync(join(root, 'dist', folder, file));
    }
  }
  writeFileSync(stampFile(root), fingerprint);
}

/**
 * @param {string} folder
 * @param {RegExp} name
 */
function filesIn(folder, name) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => name.test(file));
}

/** @param {string} root */
const command = (root) => ({
  link: join(root, 'node_modules', '.bin', 'rsplab'),
  main: join(root, 'dist', 'harness', 'cli', 'main.js'),
});

/** npm links the commands of dependencies only, never the package's own.
 * @param {string} root
 */
export function commandIsLinked(root) {
  const { link, main } = command(root);
  const found = lstatSync(link, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(link) === target(link, main) && isExecutable(main);
}

/** @param {string} root */
export function linkCommand(root) {
  const { link, main } = command(root);
  mkdirSync(join(link, '..'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target(link, main), link);
  chmodSync(main, 0o755);
}

/**
 * @param {string} link
 * @param {string} main
 */
const target = (link, main) => relative(join(link, '..'), main);

/** @param {string} file */
const isExecutable = (file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) === 0o111;
