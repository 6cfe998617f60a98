/**
 * Holds tshark against a tiny capture of which everything is known, so that a version, or a configuration of the whole
 * machine, that reads it otherwise is found before it makes numbers. What passed is remembered in the cache.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../base/cache.js';
import { labBroken } from '../base/errors.js';
import { packageRoot } from '../base/package-root.js';
import { Contents, FrameLine, tsharkArguments } from './fields.js';
import { tsharkLines, tsharkVersion } from './tshark.js';

/**
 * Eleven frames of a run of RSPLIB 3.4.4, as they are: seconds, length, SCTP's chunks, TSNs, messages. It is not
 * compiled, so it stays with the sources.
 */
const capture = (): string => join(packageRoot(import.meta.url), 'harness/measure/known.pcap');
const known: readonly string[] = [
  '1795425636.519214 94 10.2.0.1 9901 239.0.0.51 chunks  tsns  enrp.presence(0x8eb92029 null false )',
  '1795425636.763093 98 10.1.0.2 49685 10.1.0.1 chunks 1 tsns ',
  '1795425636.804889 130 10.1.0.2 49685 10.1.0.1 chunks 0 tsns 3047383757 asap.registration(0x43286c4d null 68)',
  '1795425636.815185 62 10.1.0.1 3863 10.1.0.2 chunks 3 tsns 3047383757',
  '1795425640.588077 90 10.1.0.5 33381 10.1.0.1 chunks 0 tsns 3232336568 asap.handleResolution( null 28)',
  '1795425640.599075 138 10.1.0.1 3863 10.1.0.5 chunks 0 tsns 991238155 ' +
    'asap.handleResolutionResponse(0x43286c4d null 76)',
  '1795425640.650964 86 10.1.0.5 36534 10.1.0.2 chunks 0 tsns 957898496 calcApp.request(1 826219 0)',
  '1795425640.661770 86 10.1.0.2 41109 10.1.0.5 chunks 0 tsns 3582365841 calcApp.accept(1 0 0)',
  '1795425643.210729 146 10.1.0.3 41002 10.1.0.5 chunks 3+0+0 tsns 4259357144+4259357145+4293720425 ' +
    'asap.cookie( 00000002000000000070f53000000000000f4375 28) calcApp.keepAliveAck(2 0 0)',
  '1795425644.710747 142 10.1.0.2 41109 10.1.0.7 chunks 3+0+0 tsns 2326616323+2326616324+3325156017 ' +
    'calcApp.keepAlive(1 0 0) calcApp.keepAliveAck(1 0 0)',
  '1795425650.002285 90 10.1.0.5 35284 10.1.0.2 chunks 0 tsns 2484616067 ' +
    'asap.cookieEcho( 00000002000000000070f53000000000005b921a 28)',
];

/** What a version was found to read rightly, in this process. */
const checked = new Map<string, Promise<void>>();

/**
 * Has tshark read the known capture, once for each version of it.
 * @throws HarnessError `lab-broken` when tshark is missing, or reads it otherwise
 */
export async function checkTshark(): Promise<void> {
  const mark = join(cacheFolder(), 'tshark');
  const check = checked.get(mark) ?? checkOnce(mark);
  checked.set(mark, check);
  // A failure is not remembered: whoever mends it may try again.
  await check.catch((error) => {
    checked.delete(mark);
    throw error;
  });
}

async function checkOnce(folder: string): Promise<void> {
  const version = await tsharkVersion();
  const passed = join(folder, `${hashOf(version, ...tsharkArguments(''), ...known)}.passed`);
  if (existsSync(passed)) return;
  const difference = differenceOf(await readKnown());
  if (difference !== null) {
    throw labBroken(
      `${version} reads a known capture otherwise than it is (${difference}); Wireshark's configuration of this ` +
        'machine may be why: `tshark -G folders` says where it is',
    );
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(passed, `${version}\n`);
  } catch {
    // A cache that cannot be written: it is checked again next time.
  }
}

function differenceOf(got: readonly string[]): string | null {
  const wrong = known.findIndex((line, at) => at < got.length && line !== got[at]);
  if (wrong >= 0) return `frame ${wrong + 1} as ${got[wrong]}, expected ${known[wrong]}`;
  return got.length === known.length ? null : `${got.length} frames instead of ${known.length}`;
}

/** Each frame of the known capture as a line. */
async function readKnown(): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of tsharkLines(tsharkArguments(capture()), { truncated: false })) lines.push(...some);
  return lines.filter((line) => line !== '').map(describe);
}

/** Through the same functions as the measurement: versions print some fields differently, and that is no difference. */
function describe(text: string): string {
  const line = new FrameLine(text);
  const messages = new Contents(line).rest().map(({ protocol, type, ...content }) => {
    const values = Object.values(content).map((value) => (Array.isArray(value) ? value.join('+') : String(value)));
    return `${protocol}.${type}(${values.join(' ')})`;
  });
  const ports = [line.first('sctpSourcePort') || line.first('udpSourcePort')];
  return [
    Number(line.text('time')).toFixed(6),
    line.text('length'),
    ...[line.first('source'), ...ports, line.first('target')],
    `chunks ${line.list('chunkType').map(Number).join('+')}`,
    `tsns ${[...line.list('tsn'), ...line.list('cumulative')].join('+')}`,
    ...messages,
  ].join(' ');
}

const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
