/** Against what RSPLIB 3.4.4's programs printed when they were given less, as much, and more than they take. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../harness/base/clock.js';
import { hostsWith } from '../../harness/experiment/plan.js';
import type { Registrar, Role } from '../../harness/experiment/role.js';
import { exponential, ms, poolElement, poolUser, type RegistrarOptions, registrar, s } from '../../harness/index.js';
import type { LabHost, OpenLab } from '../../harness/lab/lab.js';
import { startProcess } from '../../harness/lab/process.js';
import { poolDriver } from '../../harness/pool/driver/driver.js';
import { readBack } from '../../harness/pool/rsplib/banner.js';
import { rsplibFile } from '../measure/recordings.js';
import { smallPlan } from '../run/plan.js';

const bannerOf = (name: string) => readFileSync(rsplibFile(`banners/${name}.log`), 'utf8');
const agreed = { differing: [], unsaid: [] };

const asked = (options: RegistrarOptions): Registrar =>
  registrar({ endpointKeepAliveTimeout: ms(1001), peerMaxTimeNoResponse: ms(5001), ...options });
const ok = asked({ takeoverExpiryInterval: ms(5002), mentorDiscoveryTimeout: s(1) });

describe('a registrar’s banner', () => {
  it('confirms what it was told, and that there are no limits', () =>
    expect(readBack(ok, bannerOf('registrar-ok'))).toEqual(agreed));

  it('shows what was raised', () => {
    const all = Object.fromEntries(
      Object.entries(ok).map(([name, value]) => [name, typeof value === 'number' ? 0.05 : value]),
    ) as unknown as Registrar;
    const { differing, unsaid } = readBack({ ...all, maxBadPeReports: 3 }, bannerOf('registrar-low'));
    expect(unsaid).toEqual([]);
    expect(differing).toEqual([
      'endpointKeepAliveInterval: told 50, uses 300ms',
      'endpointKeepAliveTimeout: told 50, uses 100ms',
      'maxBadPeReports: told 3, uses 1',
      'maxHandleResolutionRate: told no limit, uses 2.12 requests/s',
      'maxEndpointUnreachableRate: told no limit, uses 0.00 requests/s',
      'peerHeartbeatCycle: told 50, uses 1000ms',
      'peerMaxTimeLastHeard: told 50, uses 1000ms',
      'peerMaxTimeNoResponse: told 50, uses 1000ms',
      'mentorDiscoveryTimeout: told 50, uses 1000ms',
      'takeoverExpiryInterval: told 50, uses 1000ms',
    ]);
  });

  it('confirms rates as it prints them, to two decimals', () => {
    const { differing } = readBack(
      { ...ok, maxHandleResolutionRate: 2.123456, maxEndpointUnreachableRate: 0.001 },
      bannerOf('registrar-low'),
    );
    expect(differing.join()).not.toMatch(/Rate/);
  });

  it('shows what was cut off', () => {
    const { differing } = readBack({ ...ok, maxBadPeReports: 5e9 }, bannerOf('registrar-high'));
    expect(differing).toContain('maxBadPeReports: told 5000000000, uses 705032704');
  });

  it('says nothing while it is not there, and what is not whole is not read', () => {
    expect(readBack(ok, '').unsaid).toHaveLength(9);
    const text = bannerOf('registrar-ok');
    const cut = text.slice(0, text.indexOf('2444ms') + 2);
    expect(readBack(ok, cut)).toMatchObject({ differing: [], unsaid: expect.arrayContaining(['peerHeartbeatCycle']) });
  });
});

describe('an element’s banner', () => {
  const keepAlives = { sessionKeepAliveInterval: s(1), sessionKeepAliveTimeout: ms(1001), cookieInterval: Infinity };
  const policy = { name: 'LeastUsedDegradation', loadDegradation: 0.1 } as const;

  it('confirms what it was told', () => {
    const role = poolElement({ ...keepAlives, policy, pool: 'P'.repeat(32) });
    expect(readBack(role, bannerOf('element-ok'))).toEqual(agreed);
  });

  it('confirms it with lines of others in between', () => {
    const torn = { name: 'PriorityLeastUsedDegradation', loadDegradation: 0.25 } as const;
    expect(readBack(poolElement({ ...keepAlives, policy: torn, pool: 'P2' }), bannerOf('element-torn'))).toEqual(
      agreed,
    );
  });

  it('shows every parameter of a policy, and a pool handle of any letters', () => {
    const told = { name: 'LeastUsedDegradationDPF', loadDegradation: 0.123456, distancePenaltyFactor: 0.3 } as const;
    const role = poolElement({ ...keepAlives, policy: told, pool: 'a b"ü', registrationLife: s(12e6) });
    expect(readBack(role, bannerOf('element-policy'))).toEqual({
      differing: ['policy.distancePenaltyFactor: told 30, uses 20.000%'],
      unsaid: [],
    });
  });

  it('shows what was raised', () => {
    const role = poolElement({ policy, keepAlive: ms(10), cookieTime: ms(50), maxRequests: 2, capacity: 3 });
    const { differing } = readBack({ ...role, pool: 'Q'.repeat(40), registrationLife: 0.03 }, bannerOf('element-low'));
    expect(differing).toEqual([
      'maxRequests: told 2, uses 1',
      'capacity: told 3, uses 1.0 Calculations/s',
      'sessionKeepAliveInterval: told 10, uses 100ms',
      'sessionKeepAliveTimeout: told 10, uses 100ms',
      'cookieTime: told 0.05, uses 0.100s',
      'cookieInterval: told 1000000, uses 1 Calculations',
    ]);
  });
});

describe('a user’s banner', () => {
  const user = (options: Parameters<typeof poolUser>[0]) => poolUser(options) as Extract<Role, { kind: 'poolUser' }>;

  it('confirms what it was told', () => {
    const role = user({
      ...{ pool: 'P'.repeat(32), requestInterval: exponential(1), requestSize: exponential(2e5) },
      ...{ sessionKeepAliveInterval: s(3), sessionKeepAliveTimeout: ms(3001) },
    });
    expect(readBack(role, bannerOf('user-ok'))).toEqual(agreed);
  });

  it('confirms six digits, and shows what was rounded away', () => {
    const role = user({
      ...{ pool: 'P', requestInterval: exponential(0.0000129), requestSize: exponential(123456789) },
      ...{ sessionKeepAliveInterval: ms(123456), sessionKeepAliveTimeout: ms(1234567) },
    });
    expect(readBack(role, bannerOf('user-rounded'))).toEqual({
      differing: ['requestInterval: told 0.0000129, uses 1.3e-05 [s]'],
      unsaid: [],
    });
  });
});

describe('a pool', () => {
  let folder: string;
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Whose registrar prints this, whatever it is told. */
  function poolPrinting(banner: string) {
    folder = mkdtempSync(join(tmpdir(), 'banner-test-'));
    mkdirSync(join(folder, 'logs'));
    const start: LabHost['start'] = async (command, options) => {
      expect(command.slice(0, 3)).toEqual(['stdbuf', '--output=L', 'rspregistrar']);
      const script = `cat '${rsplibFile(`banners/${banner}.log`)}'; echo 'The registrar is ready!'; exec sleep 60`;
      return startProcess(['sh', '-c', script], options, { PATH: '/usr/bin:/bin' });
    };
    const plan = smallPlan();
    const { name } = hostsWith(plan, 'registrar')[0]!;
    const hosts = new Map(plan.hosts.map((host) => [host.name, { name: host.name, start } as LabHost]));
    const pool = poolDriver.deploy(plan, { hosts } as unknown as OpenLab, {
      folder,
      clock: realClock,
      signal: new AbortController().signal,
      record: () => {},
      broken: () => {},
    });
    return { pool, name };
  }

  it('with a component that uses something else is a broken lab, which says what', async () => {
    const { pool, name } = poolPrinting('registrar-high');
    await expect(pool.startRegistrars()).rejects.toMatchObject({
      code: 'lab-broken',
      message: expect.stringContaining(
        `${name} uses other parameters than it was told: endpointKeepAliveInterval: told 1000, uses 300000ms`,
      ),
    });
    await pool.stop();
  });
});
