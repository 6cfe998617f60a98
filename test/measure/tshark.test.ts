/** What a user's own Wireshark is set to must not reach the measurement, and what of the machine's does must be found. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTool } from '../../harness/base/tools.js';
import { checkTshark } from '../../harness/measure/known.js';
import { measureRecording } from './recordings.js';

let home: string;
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tshark-test-'));
  before = { ...process.env };
  Object.assign(process.env, { HOME: home, RSPLAB_CACHE: join(home, 'cache') });
  delete process.env.XDG_CONFIG_HOME;
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(home, { recursive: true });
});

const configure = (file: string, ...lines: string[]) => {
  mkdirSync(join(home, '.config/wireshark'), { recursive: true });
  writeFileSync(join(home, '.config/wireshark', file), lines.map((line) => `${line}\n`).join(''));
};

describe('a user’s own Wireshark', { timeout: 180_000 }, () => {
  it.each<[string, () => void]>([
    ['that does not look into SCTP', () => configure('preferences', 'sctp.ulp_dissection: FALSE')],
    ['that knows no epoch', () => configure('preferences', 'frame.generate_epoch_time: FALSE')],
    ['that has CalcApp and ASAP switched off', () => configure('disabled_protos', 'calcappprotocol', 'asap')],
    [
      'that takes CalcApp and ASAP for ENRP',
      () =>
        configure(
          'decode_as_entries',
          'decode_as_entry: sctp.ppi,34,(none),ENRP',
          'decode_as_entry: sctp.ppi,11,(none),ENRP',
        ),
    ],
    [
      'with a plugin that prints',
      () => {
        mkdirSync(join(home, '.local/lib/wireshark/plugins'), { recursive: true });
        writeFileSync(join(home, '.local/lib/wireshark/plugins/hello.lua'), 'print("hello")');
      },
    ],
  ])('%s changes nothing', async (_, change) => {
    change();
    await expect(checkTshark()).resolves.toBeUndefined();
  });

  it('that knows nothing of what is measured leaves every failover', async () => {
    configure('preferences', 'sctp.ulp_dissection: FALSE', 'frame.generate_epoch_time: FALSE');
    configure('disabled_protos', 'calcappprotocol', 'asap');
    const { failovers } = await measureRecording('kill');
    expect(failovers.map(({ delay }) => delay === null)).toEqual([false, false]);
  });
});

/** A tshark before the machine's, which is run with more arguments and notes that it was. */
function wrapTshark(...args: string[]) {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const real = findTool('tshark')!;
  writeFileSync(
    join(folder, 'tshark'),
    `#!/bin/sh\necho "$*" >> '${home}/calls'\n[ "$1" = --version ] && exec '${real}' --version\nexec '${real}' "$@" ${args.join(' ')}\n`,
  );
  chmodSync(join(folder, 'tshark'), 0o755);
  process.env.PATH = [folder, process.env.PATH].join(delimiter);
}
const captureReads = () =>
  readFileSync(join(home, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('known.pcap')).length;

describe('the known capture', { timeout: 180_000 }, () => {
  it('is read once per version, and then remembered', async () => {
    wrapTshark();
    await checkTshark();
    await checkTshark();
    expect(captureReads()).toBe(1);
    expect(existsSync(join(home, 'cache/tshark'))).toBe(true);
  });

  it.each([
    ['takes nothing of SCTP apart', ['-o', 'sctp.ulp_dissection:FALSE'], /frame 3 as .* expected .*asap\.registration/],
    ['has another protocol in place of CalcApp', ['-d', 'sctp.ppi==34,enrp'], /frame 7 as .* expected .*calcApp/],
    ['reads only some of it', ['-c', '5'], /5 frames instead of 11|frame 6 as undefined/],
  ])('shows a tshark that %s', async (_, args, message) => {
    wrapTshark(...args);
    await expect(checkTshark()).rejects.toMatchObject({
      code: 'lab-broken',
      message: expect.stringMatching(/^TShark .* reads a known capture otherwise than it is/),
    });
    await expect(checkTshark()).rejects.toThrow(message);
  });
});
