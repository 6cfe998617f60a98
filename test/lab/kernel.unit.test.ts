import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { waitFor } from '../../harness/base/wait.js';
import { captureReport } from '../../harness/lab/capture.js';
import { packetsReceived, parseAssociations, parseUnconfirmed, processState } from '../../harness/lab/kernel.js';

describe('the kernel’s table of SCTP associations', () => {
  const head =
    ' ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf';
  const line =
    '74b899f2 68586d00 1   1   3  0       7        0        0       0   260 51619  3863  10.1.0.4 10.2.0.4 <-> *10.1.0.1 10.2.0.1 \t    3000    10    10   10    0    0        0        1        0   212992   212992';

  it('tells ports, all addresses of both sides, and whether the association is up', () => {
    expect(parseAssociations(`${head}\n${line}\n`)).toEqual([
      {
        localPort: 51619,
        remotePort: 3863,
        localAddresses: ['10.1.0.4', '10.2.0.4'],
        remoteAddresses: ['10.1.0.1', '10.2.0.1'],
        established: true,
      },
    ]);
  });

  it('lists associations that are only being made as not established', () => {
    const made = line.replace('1   1   3  0', '1   1   1  0').replace('10.1.0.4 10.2.0.4', '*10.1.0.4');
    expect(parseAssociations(`${head}\n${made}`)).toMatchObject([{ localAddresses: ['10.1.0.4'], established: false }]);
  });

  it.each(['', head, `${head}\n`])('is empty for %j', (text) => expect(parseAssociations(text)).toEqual([]));
});

describe('dumpcap’s closing words', () => {
  it('tell what was captured and missed, over all networks', () => {
    const log = [
      "Capturing on 'red' and 'blue'",
      'File: capture.pcapng',
      'Packets captured: 461',
      "Packets received/dropped on interface 'red': 456/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)",
      "Packets received/dropped on interface 'blue': 5/2 (pcap:2/dumpcap:0/flushed:0/ps_ifdrop:0) (71.4%)",
    ].join('\n');
    expect(captureReport('x', log)).toEqual({ file: 'x', captured: 461, dropped: 2 });
    expect(captureReport('x', '')).toEqual({ file: 'x', captured: 0, dropped: 0 });
  });
});

describe('processes', () => {
  it('are seen running, stopped and gone', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid!;
    const until = (states: string) =>
      waitFor(states, async () => (states.includes((await processState(pid)) ?? '-') ? true : undefined), {
        clock: realClock,
        withinSeconds: 5,
        everySeconds: 0.005,
      });
    await until('SR');
    child.kill('SIGSTOP');
    await until('T');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await processState(pid)).toBeUndefined();
  });

  it('tell the counters of the devices around them', async () => {
    const counters = await packetsReceived(process.pid);
    expect(counters.get('lo')).toBeGreaterThanOrEqual(0);
  });
});

describe('the paths that the kernel lists', () => {
  const header = 'ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START STATE\n';

  it('are told by their addresses where nothing ever came through', () => {
    const text = `${header}10.1.0.1 7 1 1000 2 0 0 2\n10.2.0.1 7 1 3000 2 0 0 3\n10.2.0.1 9 1 3000 2 0 0 3\n10.3.0.1 7 1 1 2 0 0 0\n`;
    expect(parseUnconfirmed(text)).toEqual(['10.2.0.1']);
  });

  it('are none without associations, or without SCTP', () => {
    expect(parseUnconfirmed(header)).toEqual([]);
    expect(parseUnconfirmed('')).toEqual([]);
  });
});
