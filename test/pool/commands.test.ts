import { describe, expect, it } from 'vitest';
import { hostsWith, type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import { policySchema } from '../../harness/experiment/policy.js';
import {
  experiment,
  exponential,
  hosts,
  minutes,
  ms,
  network,
  type PoolElementOptions,
  type PoolUserOptions,
  poolElement,
  poolUser,
  type RegistrarOptions,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { elementCommand, policyArgument, registrarCommand, userCommand } from '../../harness/pool/rsplib/commands.js';
import { dualHomed } from '../../topologies/dual-homed.js';

interface Parts {
  registrars?: number;
  registrar?: RegistrarOptions;
  element?: PoolElementOptions;
  user?: PoolUserOptions;
}

const planOf = ({ registrars = 1, ...parts }: Parts = {}): Plan =>
  resolvePlan(
    experiment({
      name: 'test',
      topology: dualHomed({ registrars, elements: 1, users: 1 }),
      deploy: () => ({
        registrars: registrar(parts.registrar),
        elements: poolElement(parts.element),
        users: poolUser({ requestInterval: exponential(s(15)), ...parts.user }),
      }),
      phases: { measure: s(60) },
    }),
  );

const registrarLine = (plan: Plan, life = 1) =>
  registrarCommand(plan, hostsWith(plan, 'registrar')[0]!, 0x2000101, life);
const elementLine = (plan: Plan, life = 1) => {
  const host = hostsWith(plan, 'poolElement')[0]!;
  return elementCommand(
    plan,
    host,
    host.legs.map(({ address }) => address),
    0x1000201,
    life,
  );
};
const userLine = (plan: Plan, life = 1) => userCommand(plan, hostsWith(plan, 'poolUser')[0]!, 359.5, life);

describe('command lines', () => {
  it('of a registrar: all its addresses, its peers, keep-alives in milliseconds', () => {
    const plan = planOf({
      registrars: 2,
      registrar: {
        endpointKeepAliveInterval: s(5),
        endpointKeepAliveTimeout: ms(500),
        maxBadPeReports: 3,
        maxHandleResolutionRate: 2.5,
        peerHeartbeatCycle: s(1),
        peerMaxTimeNoResponse: ms(1500),
      },
    });
    expect(registrarLine(plan)).toEqual([
      'rspregistrar',
      '-disable-ipv6',
      '-asap=10.1.0.1:3863,10.2.0.1',
      '-enrp=10.1.0.1:9901,10.2.0.1',
      '-identifier=0x2000101',
      '-peer=10.1.0.2:9901',
      '-endpointkeepalivetransmissioninterval=5000',
      '-endpointkeepalivetimeoutinterval=500',
      '-maxbadpereports=3',
      '-maxhrrate=2.5',
      // RSPLIB's own default: no limit.
      '-maxeurate=-1',
      '-peerheartbeatcycle=1000',
      '-peermaxtimelastheard=5000',
      '-peermaxtimenoresponse=1500',
      '-takeoverexpiryinterval=5000',
      '-mentordiscoverytimeout=5000',
      '-statsfile=pr1.stats',
      '-statsinterval=500',
      '-logcolor=off',
      '-loglevel=4',
    ]);
  });

  it('of a registrar’s next life: statistics of its own', () => {
    expect(registrarLine(planOf(), 2)).toContain('-statsfile=pr1-2.stats');
  });

  it('of elements and users: every registrar', () => {
    const plan = planOf({ registrars: 3 });
    const registrars = ['-registrar=10.1.0.1:3863', '-registrar=10.1.0.2:3863', '-registrar=10.1.0.3:3863'];
    expect(elementLine(plan).filter((word) => word.startsWith('-registrar='))).toEqual(registrars);
    expect(userLine(plan).filter((word) => word.startsWith('-registrar='))).toEqual(registrars);
  });

  it('tell an address of a registrar that the host can reach', () => {
    const plan = resolvePlan(
      experiment({
        name: 'test',
        topology: topology({
          name: 'two',
          networks: { front: network('10.1.0.0/24'), back: network('10.2.0.0/24') },
          hosts: {
            registrars: hosts(1, { on: ['back', 'front'] }),
            others: hosts(1, { on: ['front'] }),
            elements: hosts(1, { on: ['front', 'back'] }),
            users: hosts(1, { on: ['front'] }),
          },
        }),
        deploy: () => ({
          registrars: registrar(),
          others: registrar(),
          elements: poolElement(),
          users: poolUser({ requestInterval: exponential(s(15)) }),
        }),
        phases: { measure: s(60) },
      }),
    );
    const [first, second] = hostsWith(plan, 'registrar');
    const told = (line: string[]) => line.filter((word) => /^-(registrar|peer)=/.test(word));
    expect(told(registrarCommand(plan, first!, 1, 1))).toEqual(['-peer=10.1.0.2:9901']);
    // The first registrar's own first leg is on a network that the second one is not on.
    expect(told(registrarCommand(plan, second!, 2, 1))).toEqual(['-peer=10.1.0.1:9901']);
    expect(told(userLine(plan))).toEqual(['-registrar=10.1.0.1:3863', '-registrar=10.1.0.2:3863']);
    expect(told(elementLine(plan))).toEqual(['-registrar=10.2.0.1:3863', '-registrar=10.1.0.2:3863']);
  });

  it('of an element: its addresses of the moment, work in calculations, times in seconds', () => {
    const plan = planOf({
      element: {
        policy: { name: 'LeastUsedDegradation', loadDegradation: 0.1 },
        capacity: 2e6,
        maxRequests: 7,
        cookieInterval: 5e5,
        cookieTime: s(3),
        keepAlive: ms(250),
        registrationLife: minutes(5),
        cleanShutdownProbability: 0,
      },
    });
    expect(elementLine(plan)).toEqual([
      'rspserver',
      '-calcapp',
      '-disable-ipv6',
      '-local=10.1.0.2:0,10.2.0.2',
      '-identifier=0x1000201',
      '-registrar=10.1.0.1:3863',
      '-asapannounce=off',
      '-poolhandle=CalcAppPool',
      '-policy=LeastUsedDegradation:0.1',
      '-rereginterval=100000',
      '-capcapacity=2000000',
      '-capmaxjobs=7',
      '-capcookiemaxcalculations=500000',
      '-capcookiemaxtime=3',
      // The injector draws; RSPLIB's own switch would still deregister.
      '-capcleanshutdownprobability=1',
      '-capkeepalivetransmissioninterval=250',
      '-capkeepalivetimeoutinterval=250',
      '-capobject=pe1',
      '-capvector=pe1.vec',
      '-capscalar=pe1.sca',
      '-logcolor=off',
      '-loglevel=4',
    ]);
  });

  it('of a user: means in seconds and calculations, an end of its own', () => {
    const plan = planOf({ registrars: 2, user: { requestSize: exponential(5e6), keepAlive: s(3) } });
    expect(userLine(plan)).toEqual([
      'calcappclient',
      '-registrar=10.1.0.1:3863',
      '-registrar=10.1.0.2:3863',
      '-poolhandle=CalcAppPool',
      '-jobinterval=15',
      '-jobsize=5000000',
      '-keepalivetransmissioninterval=3000',
      '-keepalivetimeoutinterval=3000',
      '-runtime=360',
      '-object=pu1',
      '-vector=pu1.vec',
      '-scalar=pu1.sca',
      '-logcolor=off',
      '-loglevel=4',
    ]);
  });

  it('say no limit as a number that no run comes near', () => {
    const endless = Number.POSITIVE_INFINITY;
    expect(registrarLine(planOf())).toContain('-maxbadpereports=1000000000');
    const element = elementLine(planOf({ element: { cookieInterval: endless } }));
    expect(element).toContain('-capcookiemaxcalculations=1000000000000000');
    expect(element).toContain('-capcookiemaxtime=1000000');
  });

  it('give every life of a component files of its own', () => {
    expect(elementLine(planOf(), 3)).toEqual(expect.arrayContaining(['-capvector=pe1-3.vec', '-capscalar=pe1-3.sca']));
    expect(userLine(planOf(), 2)).toEqual(expect.arrayContaining(['-vector=pu1-2.vec', '-scalar=pu1-2.sca']));
  });
});

it.each([
  ['RoundRobin', 'RoundRobin'],
  [{ name: 'WeightedRoundRobin', weight: 3 }, 'WeightedRoundRobin:3'],
  ['Random', 'Random'],
  ['WeightedRandom', 'WeightedRandom:1'],
  [{ name: 'WeightedRandomDPF', weight: 2, distancePenaltyFactor: 0.5 }, 'WeightedRandomDPF:2:0.5'],
  [{ name: 'Priority', priority: 9 }, 'Priority:9'],
  ['LeastUsed', 'LeastUsed'],
  [{ name: 'LeastUsedDPF', distancePenaltyFactor: 0.1 }, 'LeastUsedDPF:0.1'],
  [{ name: 'LeastUsedDegradation', loadDegradation: 0.1 }, 'LeastUsedDegradation:0.1'],
  [
    { name: 'LeastUsedDegradationDPF', loadDegradation: 0.1, distancePenaltyFactor: 0.2 },
    'LeastUsedDegradationDPF:0.1:0.2',
  ],
  [{ name: 'PriorityLeastUsed', loadDegradation: 0.25 }, 'PriorityLeastUsed:0.25'],
  ['PriorityLeastUsedDegradation', 'PriorityLeastUsedDegradation:0'],
  ['RandomizedLeastUsed', 'RandomizedLeastUsed'],
  ['RandomizedPriorityLeastUsed', 'RandomizedPriorityLeastUsed'],
])('the policy %j is %s for RSPLIB', (policy, argument) => {
  expect(policyArgument(policySchema.parse(policy))).toBe(argument);
});
