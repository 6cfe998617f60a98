/** Imported first by every entry: says in one sentence that this Node.js is too old, before anything else fails. */

/**
 * @param {string} version
 * @returns {string | undefined} what is wrong with it
 */
export function wrongNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  const remedy = 'Debian packages and archives are at https://nodejs.org';
  return `rsplab: expected Node.js 20.19 or later, got ${version}; ${remedy}`;
}

const wrong = wrongNode(process.versions.node);
if (wrong !== undefined) {
  process.stderr.write(`${wrong}\n`);
  process.exit(2);
}
