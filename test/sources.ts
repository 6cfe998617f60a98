/** The repository's own sources, read as a compiler reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Source {
  /** From the repository's root, e.g. `harness/lab/netns/host.ts`. */
  readonly path: string;
  readonly text: string;
  /** Files of the repository by their path, packages by the name that is imported. */
  readonly imports: readonly string[];
  readonly functions: readonly { readonly name: string; readonly lines: number }[];
}

export function sourcesIn(...folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs)$/.test(name) && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => read(join(folder, name))),
  );
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const { module, program } = parseSync(path, text);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    // The name of a dynamic import is a literal, or nothing that can be told beforehand.
    ...module.dynamicImports
      .map(({ moduleRequest: { start, end } }) => text.slice(start, end))
      .filter((request) => /^['"]/.test(request))
      .map((request) => request.slice(1, -1)),
  ];
  const imports = requests.map((request) =>
    request.startsWith('.') ? relative(root, resolve(root, path, '..', request)).replace(/\.js$/, '.ts') : request,
  );
  return { path, text, imports: [...new Set(imports)], functions: functionsIn(program, text) };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { name?: string } | null;
  readonly key?: { name?: string };
}

/** Every function with a body, named after itself or what it is assigned to. */
function functionsIn(program: unknown, text: string): Source['functions'] {
  const found: { name: string; lines: number }[] = [];
  const walk = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) walk(each, name);
      return;
    }
    const node = value as Node;
    const own = node.id?.name ?? node.key?.name ?? name;
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      found.push({ name: own, lines: text.slice(node.start, node.end).split('\n').length });
    }
    for (const each of Object.values(node)) walk(each, own);
  };
  walk(program, '(nameless)');
  return found;
}
