import { readdirSync } from 'node:fs';
import { tsharkLines } from '../../../harness/measure/tshark.js';

const captures = 'test/fixtures/captures';

/** Captures of RSPLIB 3.4.4 at work; the last one has three registrars, the elements' home of which is killed. */
export const recorded = [
  ...readdirSync(captures)
    .filter((name) => name.endsWith('.pcapng'))
    .map((name) => `${captures}/${name}`),
  'test/fixtures/native/registrar-kill.pcapng',
];

export interface Payload {
  readonly protocol: 'asap' | 'enrp' | 'calcapp';
  /** What was sent, whole, with `bytes` as it was. */
  readonly bytes: Buffer;
  readonly at: number;
}

const protocols = new Map<number, Payload['protocol']>([
  [11, 'asap'],
  [12, 'enrp'],
  [34, 'calcapp'],
  // UDP to the groups of ASAP and ENRP.
  [3863, 'asap'],
  [9901, 'enrp'],
]);

/** All messages of a capture, in order: tshark is told to leave their bytes as they are. */
export async function payloadsOf(capture: string): Promise<Payload[]> {
  const raw = ['sctp.ppi==11', 'sctp.ppi==12', 'sctp.ppi==34', 'udp.port==3863', 'udp.port==9901'];
  const fields = ['frame.time_epoch', 'sctp.data_payload_proto_id', 'udp.dstport', 'data.data'];
  const args = ['-r', capture, ...raw.flatMap((it) => ['-d', `${it},data`]), '-Y', 'data'];
  const printed = ['-T', 'fields', '-E', 'separator=;', ...fields.flatMap((it) => ['-e', it])];
  const payloads: Payload[] = [];
  for await (const lines of tsharkLines([...args, ...printed], { truncated: false })) {
    for (const line of lines) {
      const [at, overSctp, overUdp, data] = line.split(';') as [string, string, string, string];
      // One packet may carry several messages. Of those that are sent again tshark does not show the bytes again.
      const numbers = (overSctp || overUdp).split(',').map(Number);
      const each = data.split(',');
      if (each.length !== numbers.length) continue;
      for (const [turn, hex] of each.entries()) {
        const protocol = protocols.get(numbers[turn]!);
        if (protocol) payloads.push({ protocol, bytes: Buffer.from(hex, 'hex'), at: Number(at) });
      }
    }
  }
  return payloads;
}
