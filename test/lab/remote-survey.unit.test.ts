import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../harness/experiment/load.js';
import { delayLookup, resolvePlan } from '../../harness/experiment/plan.js';
import { countIn, dropLines, placeOf, shownIn } from '../../harness/lab/remote/filters.js';
import { pairsOf, withDistances } from '../../harness/lab/remote/placement.js';
import { pairKey, readSurvey } from '../../harness/lab/remote/survey.js';
import { uncertaintyNotes } from '../../harness/run/clock-notes.js';

const complete = `uid 0
kernel Linux 6.1.176
system debian
${['rspregistrar', 'rspserver', 'calcappclient', 'setsid', 'mktemp', 'ip', 'tc', 'dumpcap', 'ping'].map((it) => `has ${it}`).join('\n')}
rsplib 3
rsplib 3.4.4
sctp loaded
may be-root
may filter
may impair
ping 10.1.0.1 10.1.0.2 20 25
ping 10.1.0.1 10.1.0.3`;

describe('what a host says of itself', () => {
  it('is read: versions, rights, round trips', () => {
    const survey = readSurvey(complete, 'root');
    expect(survey).toMatchObject({
      rsplib: '3.4.4',
      kernel: 'Linux 6.1.176',
      canCapture: true,
      missing: [],
      wanting: [],
    });
    expect([...survey.roundTrips]).toEqual([
      ['10.1.0.1 10.1.0.2', [0.02, 0.025]],
      ['10.1.0.1 10.1.0.3', []],
    ]);
  });

  it.each([
    ['has rspserver', 'root', 'rspserver', 'sudo apt-get install rsplib-tools'],
    ['sctp loaded', 'user', 'SCTP in the kernel', 'sudo modprobe sctp'],
    ['may be-root', 'sudo', 'sudo without a password', expect.stringMatching(/sudoers/)],
    ['uid 0', 'root', 'root', expect.stringMatching(/log in as root/)],
  ] as const)('without %s it is missing, with the command that gets it', (line, right, what, remedy) => {
    const { missing } = readSurvey(complete.replace(`${line}\n`, line === 'uid 0' ? 'uid 1000\n' : ''), right);
    expect(missing).toEqual([{ what, remedy }]);
  });
});

describe('distances', async () => {
  const { experiment } = await loadExperiment('experiments/element-kill.ts');
  const plan = resolvePlan(experiment);

  it('are half the median round trip between two hosts, and the network has the median of those', () => {
    const [first, second] = pairsOf(plan).filter(({ network }) => network === 'red');
    const measured = new Map([
      [pairKey(first!.addresses), [0.02, 0.03, 0.5]],
      [pairKey(second!.addresses), [0.05]],
    ]);
    const delay = delayLookup(withDistances(plan, measured));
    expect(delay('red', ...first!.between)).toBe(0.015);
    expect(delay('red', second!.between[1], second!.between[0])).toBe(0.025);
    expect(delay('red', 'pe1', null)).toBe(0.02);
    // Of what was not measured the plan's own word stays.
    expect(delay('blue', ...first!.between)).toBe(plan.topology.networks.blue!.impairment.delay);
  });
});

describe('filters', () => {
  it('are of SCTP between two addresses, each way, and are counted by their place', () => {
    const flows = [{ device: 'eth1', own: '192.0.2.1', other: '192.0.2.2' }];
    expect(dropLines(flows, placeOf('drop', 3), ['ingress', 'egress'])).toEqual([
      'filter add dev eth1 ingress protocol ip pref 47003 flower ip_proto sctp src_ip 192.0.2.2 dst_ip 192.0.2.1 action drop',
      'filter add dev eth1 egress protocol ip pref 47003 flower ip_proto sctp src_ip 192.0.2.1 dst_ip 192.0.2.2 action drop',
    ]);
    const shown =
      '[{"pref":47003},{"pref":47003,"options":{"actions":[{"stats":{"packets":3}}]}}]\nError: none\n[{"pref":1}]';
    expect(countIn(shownIn(shown).flat(), 47_003)).toEqual({ filters: 1, packets: 3 });
  });
});

it('stages that are shorter than the clocks are uncertain are named', () => {
  const row = { detection: 1, selection: 0.04, connection: null, resumption: 0.2 };
  const clocks = {
    a: { offset: 0, uncertainty: 0.02 },
    b: { offset: 0, uncertainty: 0.03 },
    c: { offset: 0, uncertainty: 0.001 },
  };
  expect(uncertaintyNotes(clocks, [row as never])).toEqual([
    'Clocks of the hosts, against this machine’s: b ± 30 ms, a ± 20 ms, c ± 1 ms',
    'Shorter than what clocks leave uncertain (50 ms): selection of 1 of 1 failovers',
  ]);
  expect(uncertaintyNotes({}, [])).toEqual([]);
});
