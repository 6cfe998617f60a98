/** What documents say is so: links lead somewhere, commands and options exist, and the README's example does what it says. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const below = (folder: string) =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : []));
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...below('harness'), ...below('experiments')];
const read = (file: string) => readFileSync(file, 'utf8');
const fenced = /```[\s\S]*?```/g;

/** As GitHub makes them of headings. */
const anchorsOf = (file: string) =>
  [
    ...read(file)
      .replace(fenced, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} -]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(documents)('%s', (file) => {
  it('links to what is there', () => {
    const links = [
      ...read(file)
        .replace(fenced, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].map(([, target]) => target!);
    for (const link of links.filter((target) => !target.startsWith('https:'))) {
      const [path, anchor] = link.split('#') as [string, string | undefined];
      const target = path === '' ? file : join(dirname(file), path);
      expect.soft(existsSync(target), link).toBe(true);
      if (anchor) expect.soft(anchorsOf(target), link).toContain(anchor);
    }
  });

  it('names experiments and sources that are there', () => {
    // These are written by the reader.
    const own = new Set(['experiments/slow-network.ts', 'experiments/my-service.ts']);
    const named = [
      ...read(file).matchAll(/\b(?:experiments|harness|topologies|reports|test)\/[\w./-]+\.(?:ts|md|png)\b/g),
    ];
    for (const [path] of named) expect.soft(existsSync(path) || own.has(path), path).toBe(true);
  });
});

it('commands and options that the documents show exist', { timeout: 180_000 }, async () => {
  const text = documents
    .map(read)
    .join('\n')
    .replace(/\s*\n\s*/g, ' \n ');
  const commands = [...text.matchAll(/npx rsplab ([a-z]+)((?: +[^`#\n|;]+)?)/g)].map(([, name, rest]) => ({
    name,
    rest,
  }));
  expect(commands.length).toBeGreaterThan(20);
  const help = new Map<string, string>();
  for (const { name, rest } of commands) {
    if (!help.has(name!)) help.set(name!, (await rsplab(name!, '--help')).stdout);
    expect.soft(help.get(name!), name).toMatch(new RegExp(`^Usage: rsplab ${name}\\b`));
    for (const [option] of rest!.matchAll(/--[a-z-]+/g))
      expect.soft(help.get(name!), `${name} ${option}`).toContain(option);
  }
});

describe('the README’s example', { timeout: 180_000 }, () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'documents-test-'));
    file = join(folder, 'slow-network.ts');
    const [, source] = /```ts\n([\s\S]*?)```/.exec(read('README.md'))!;
    writeFileSync(file, source!.replaceAll("'../", `'${process.cwd()}/`));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('passes in the simulator, with the failover delays that the text gives', async () => {
    for (const [delay, milliseconds] of [
      [0.01, 162],
      [0.1, 1047],
    ]) {
      const out = ['--out', join(folder, 'results'), '--json'];
      const { stdout, exitCode } = await rsplab('run', file, '--on', 'sim', '--set', `delay=${delay}`, ...out);
      expect(exitCode).toBe(0);
      const { failovers, verdict } = JSON.parse(stdout);
      expect(verdict).toBe('pass');
      expect(failovers.delay.mean * 1000).toBeCloseTo(milliseconds!, 0);
    }
    expect(read('README.md')).toContain('A failover takes 162 ms on the fast network, and 1047 ms on the slow one.');
  });
});

const rsplab = (...args: string[]) => execa('node', ['dist/harness/cli/main.js', ...args], { reject: false });
