import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { findTool } from '../../harness/base/tools.js';
import { waitFor } from '../../harness/base/wait.js';
import { Connection } from '../../harness/lab/remote/connection.js';
import { shellCommand, shellWord } from '../../harness/lab/remote/quote.js';
import { temporaryFolder } from '../temporary.js';
import { sshTest, startSshd } from './sshd.js';

const hostile = [
  ...[
    '',
    ' ',
    "'",
    "''",
    '"',
    '\\',
    "\\'",
    '$HOME',
    '$(id)',
    '`id`',
    '; id',
    '| id',
    '& id',
    '> f',
    '~',
    '*',
    '?',
    '[a]',
  ],
  ...[
    '{a,b}',
    '!!',
    '#x',
    '-n',
    '--',
    'A=b',
    '\n',
    'a\nb',
    '\t',
    '\r',
    "'\n'",
    '%s',
    '\\n',
    'ü€😀',
    '\u0001',
    'part 1 x',
  ],
];
const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([program]) => findTool(program!));

describe('a word that is quoted', () => {
  it.each(shells)('comes out of %s as it went in', async (...shell) => {
    const [program, ...options] = shell as string[];
    const through = async (words: readonly string[]) => {
      const command = `printf '%s\\0' ${shellCommand(words)}`;
      return (await execa(program!, [...options, '-c', command])).stdout.split('\0').slice(0, -1);
    };
    expect(await through(hostile)).toEqual(hostile);
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1 }), async (words) => {
        expect(await through(words)).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });

  it('has no zero byte, or it is refused', () => {
    expect(() => shellWord('a\0b')).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

describe('a connection', () => {
  const open = async (config: string, onLost?: (reason: string) => void) =>
    Connection.open(
      { config, destination: 'there', socket: join(temporaryFolder(), 's') },
      { label: 'test', deadlineSeconds: 600 },
      realClock,
      onLost,
    );

  sshTest('runs commands with hostile words, says what they print and how they end', async () => {
    await using sshd = await startSshd({ hosts: ['there'] });
    await using connection = await open(sshd.config);
    const shown = await connection.do(['printf', '%s|', ...hostile.filter((word) => word !== '\u0001')]);
    expect(shown).toEqual({
      code: 0,
      text: hostile
        .filter((word) => word !== '\u0001')
        .map((word) => `${word}|`)
        .join(''),
    });
    // Longer than what a pipe takes in one piece (4096 bytes), while other lines come.
    const numbers = Array.from({ length: 5000 }, (_, at) => at + 1).join('\n');
    const [long] = await Promise.all([
      connection.do(['seq', '5000']),
      ...Array.from({ length: 20 }, async () => (await connection.start(['true'], 'a.log')).ended),
    ]);
    expect(long.text.trim()).toBe(numbers);
    await expect(connection.must(['false'])).rejects.toMatchObject({
      code: 'lab-broken',
      message: 'there: false: exit code 1',
    });
  });

  sshTest('starts processes, whose files are here when they have ended, and signals them', async () => {
    await using sshd = await startSshd({ hosts: ['there'] });
    await using connection = await open(sshd.config);
    const here = temporaryFolder();
    await connection.follow(here, realClock);
    const script = 'printf "one\\000two"; echo three >&2; exec sleep 1000';
    const held = await connection.start(['sh', '-c', script], 'held.log', 'held.out');
    // Stopped before it has written, it would have nothing to show.
    const hasWritten = async () =>
      (await connection.must(['cat', `/proc/${held.pid}/comm`])).trim() === 'sleep' || undefined;
    await waitFor('what it writes', hasWritten, { clock: realClock, withinSeconds: 60 });
    expect(await held.signal('SIGSTOP')).toBe(true);
    expect(await connection.must(['sed', '-n', 's/^State:.//p', `/proc/${held.pid}/status`])).toMatch(/^T/);
    expect(await held.signal('SIGKILL')).toBe(true);
    expect(await held.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(await held.signal('SIGKILL')).toBe(false);
    expect(readFileSync(join(here, 'held.out'), 'utf8')).toBe('one\0two');
    expect(readFileSync(join(here, 'held.log'), 'utf8')).toBe('three\n');
    const failing = await connection.start(['sh', '-c', 'echo bye; exit 7'], 'failing.log');
    expect(await failing.ended).toEqual({ exitCode: 7, signal: null });
    expect(readFileSync(join(here, 'failing.log'), 'utf8')).toBe('bye\n');
    // Signals that the supervisor ignores are not ignored by what it starts.
    const told = await connection.start(['sleep', '1000'], 'told.log');
    await told.signal('SIGTERM');
    expect(await told.ended).toEqual({ exitCode: null, signal: 'SIGTERM' });
  });

  sshTest('follows files that grow and that begin anew', async () => {
    await using sshd = await startSshd({ hosts: ['there'], shell: ['busybox', 'sh'] });
    await using connection = await open(sshd.config);
    const here = temporaryFolder();
    await connection.follow(here, realClock);
    const { folder } = await connection.there;
    const read = async (name: string) => {
      await connection.pull();
      return readFileSync(join(here, name), 'utf8');
    };
    const write = (name: string, text: string, how = '>>') =>
      connection.must(['sh', '-c', `printf '%s' "$1" ${how} "$0"`, `${folder}/logs/${name}`, text]);
    await write('a.log', 'one ');
    await write('ba.log', 'other');
    expect(await read('a.log')).toBe('one ');
    await write('a.log', 'two');
    expect(await read('a.log')).toBe('one two');
    expect(await read('ba.log')).toBe('other');
    await write('a.log', 'new', '>');
    expect(await read('a.log')).toBe('new');
  });

  sshTest('carries files both ways, byte for byte', async () => {
    await using sshd = await startSshd({ hosts: ['there'] });
    await using connection = await open(sshd.config);
    const folder = temporaryFolder();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 31) % 256));
    writeFileSync(join(folder, 'there'), bytes);
    await connection.send(join(folder, 'there'), "it's a file");
    await connection.fetch("it's a file", join(folder, 'back'));
    expect(readFileSync(join(folder, 'back')).equals(bytes)).toBe(true);
    await expect(connection.fetch('none', join(folder, 'none'))).rejects.toMatchObject({ code: 'lab-broken' });
  });

  sshTest('that does not come about is refused in ssh’s own words, and no host key is taken on trust', async () => {
    await using sshd = await startSshd({ hosts: ['there'] });
    const config = join(temporaryFolder(), 'ssh.conf');
    writeFileSync(config, `${readFileSync(sshd.config, 'utf8').replace(/known$/m, 'none')}`);
    await expect(open(config)).rejects.toMatchObject({
      code: 'lab-broken',
      message: 'The connection to there is gone: Host key verification failed.',
    });
  });
});
