import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolEnvironment } from '../../harness/base/tools.js';
import { AddressBook } from '../../harness/measure/addresses.js';
import { type Dissection, dissect } from '../../harness/measure/dissect.js';
import type { CalcAppMessage, Message, Packet } from '../../harness/measure/packet.js';
import { captureOf, journalOf, recordingPlan } from './recordings.js';

const delayBetween = () => 0.01;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rsplab-dissect-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(file: string, epoch = 0, capturedAt: 'sender' | 'receiver' = 'sender') {
  const book = new AddressBook(recordingPlan(), []);
  const dissection = dissect(file, { book, epoch, capturedAt, delayBetween });
  const packets: Packet[] = [];
  for await (const packet of dissection.packets) packets.push(packet);
  return { dissection: dissection as Dissection, packets };
}

const messagesOf = (packets: readonly Packet[]): Message[] =>
  packets.flatMap(({ chunks }) =>
    chunks.flatMap((chunk) => (chunk.kind === 'data' && chunk.message && !chunk.retransmission ? [chunk.message] : [])),
  );

describe('dissect', () => {
  it('reads every frame of a capture', async () => {
    const { dissection, packets } = await read(captureOf('power-off'));
    expect(dissection).toMatchObject({ frames: 940, truncated: false, late: 0, stray: 0 });
    // 744 SCTP and 108 UDP frames by Wireshark's own protocol statistics; the rest is ARP, IGMP and IPv6.
    expect(packets.filter(({ transport }) => transport === 'sctp')).toHaveLength(744);
    expect(packets.filter(({ transport, chunks }) => transport === 'udp' && chunks.length > 0)).toHaveLength(108);
  });

  it('misses no message of a frame that carries several', async () => {
    const fields = ['-e', 'asap.message_type', '-e', 'calcappprotocol.message_type', '-e', 'enrp.message_type'];
    for (const name of ['kill', 'two-elements', 'loss', 'cut-path']) {
      const args = ['-n', '-r', captureOf(name), '-o', 'sctp.tsn_analysis:FALSE', '-T', 'fields', ...fields];
      const { stdout } = await execa('tshark', args, { env: toolEnvironment() });
      const { packets, dissection } = await read(captureOf(name));
      const carried = packets.flatMap(({ chunks }) => chunks.filter((chunk) => chunk.kind === 'data' && chunk.message));
      expect(carried).toHaveLength(stdout.split(/[\t,\n]/).filter((cell) => cell !== '').length);
      expect(dissection.stray).toBe(0);
    }
  });

  it('tells which chunk a message came in', async () => {
    const { packets } = await read(captureOf('cut-path'));
    // Seen with tshark: a keep-alive acknowledgement, a state cookie and the completion in one frame.
    const bundle = packets.find(({ chunks }) => chunks.filter(({ kind }) => kind === 'data').length === 3);
    const kinds = bundle?.chunks.map((chunk) => (chunk.kind === 'data' ? chunk.message?.type : chunk.kind));
    expect(kinds).toEqual(['keepAliveAck', 'cookie', 'complete']);
  });

  it('puts frames in order of time', async () => {
    const { packets } = await read(captureOf('power-off'));
    const times = packets.map(({ sentAt }) => sentAt);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('subtracts the delay where the capture shows packets as they arrive, and adds it where they leave', async () => {
    const [sent] = (await read(captureOf('power-off'), 1795406095, 'sender')).packets;
    const [received] = (await read(captureOf('power-off'), 1795406095, 'receiver')).packets;
    expect(sent!.receivedAt - sent!.sentAt).toBeCloseTo(0.01, 9);
    expect(received!.receivedAt).toBeCloseTo(sent!.sentAt, 9);
    expect(received!.sentAt).toBeCloseTo(sent!.sentAt - 0.01, 9);
  });

  it('knows a retransmission from a first transmission, and when the message arrived after all', async () => {
    const epoch = (await journalOf('loss'))[0]!;
    const { packets } = await read(captureOf('loss'), epoch.event === 'begin' ? epoch.epoch : 0);
    const repeated = packets.flatMap(({ chunks }) => chunks.filter((it) => it.kind === 'data' && it.retransmission));
    expect(repeated.length).toBeGreaterThan(10);
    const late = messagesOf(packets).filter(
      ({ copies, sentAt, receivedAt }) => copies > 1 && receivedAt - sentAt > 0.9,
    );
    // A lost packet is sent again after the retransmission time-out, at least RTO.Min = 1 s (RFC 9260, section 16).
    expect(late.length).toBeGreaterThan(5);
    for (const { sentAt, receivedAt } of late) expect(receivedAt - sentAt).toBeGreaterThan(1);
  });

  it('takes no repeated chunk for a message of its own', async () => {
    const { packets } = await read(captureOf('loss'));
    const requests = messagesOf(packets).filter((it): it is CalcAppMessage => it.type === 'request');
    const sent = requests.map(({ association, job }) => `${association} ${job}`);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('reads a truncated capture as far as it goes, and says so', async () => {
    const file = join(folder, 'truncated.pcapng');
    const whole = await readFile(captureOf('kill'));
    await writeFile(file, whole.subarray(0, 60_001));
    const { dissection, packets } = await read(file);
    expect(dissection.truncated).toBe(true);
    expect(packets.length).toBeGreaterThan(400);
    const { packets: all } = await read(captureOf('kill'));
    expect(packets.at(-1)!.sentAt).toBeLessThan(all.at(-1)!.sentAt);
  });

  it('does without duplicated frames', async () => {
    const file = join(folder, 'doubled.pcapng');
    await execa('mergecap', ['-w', file, captureOf('kill'), captureOf('kill')], { env: toolEnvironment() });
    const [once, twice] = [(await read(captureOf('kill'))).packets, (await read(file)).packets];
    expect(twice.length).toBe(once.length);
    expect(messagesOf(twice).filter(({ association }) => association !== null)).toHaveLength(
      messagesOf(once).filter(({ association }) => association !== null).length,
    );
  });

  it('says what is wrong with a file that is no capture', async () => {
    const file = join(folder, 'nonsense.pcapng');
    await writeFile(file, 'no capture at all');
    await expect(read(file)).rejects.toMatchObject({ code: 'lab-broken', message: /could not read the capture/ });
  });
});
