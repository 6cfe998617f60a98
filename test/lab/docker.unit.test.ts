import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Plan, resolvePlan } from '../../harness/experiment/plan.js';
import {
  experiment,
  exponential,
  hosts,
  ms,
  network,
  poolElement,
  poolUser,
  registrar,
  s,
  topology,
} from '../../harness/index.js';
import { mmdebstrapOptions } from '../../harness/lab/docker/build-image.js';
import { endOf } from '../../harness/lab/docker/container.js';
import { connect } from '../../harness/lab/docker/engine.js';
import { imageVersion, recipe } from '../../harness/lab/docker/image.js';
import { initCommand, parseReport, startLine } from '../../harness/lab/docker/init.js';
import { bridgeName, sessionLabel } from '../../harness/lab/docker/names.js';
import { containerRequest, gatewayOf, networkRequests } from '../../harness/lab/docker/requests.js';
import { bridgeBatch, innerBatch, innerLegs, outerDevices } from '../../harness/lab/docker/wiring.js';
import { processState } from '../../harness/lab/kernel.js';

const planOn = (red: string): Plan =>
  resolvePlan(
    experiment({
      name: 'containers',
      topology: topology({
        name: 'containers',
        networks: { red: network(red, { delay: ms(10) }), blue: network('10.2.0.0/16') },
        hosts: {
          registrars: hosts(1, { on: ['red', 'blue'] }),
          elements: hosts(1, { on: ['red', 'blue'] }),
          users: hosts(1, { on: ['blue'] }),
        },
      }),
      deploy: () => ({
        registrars: registrar(),
        elements: poolElement(),
        users: poolUser({ requestInterval: exponential(1) }),
      }),
      phases: { measure: s(1) },
    }),
  );
const plan = planOn('10.1.0.0/24');
const element = plan.hosts[1]!;

describe('what the engine is asked for', () => {
  it('is a network that leads nowhere, labelled, with a bridge that can be found', () => {
    const [red, blue] = networkRequests(plan, 'abc123');
    expect(red).toMatchObject({ Name: 'rsplab-abc123-red', Internal: true, Labels: { [sessionLabel]: 'abc123' } });
    expect(red!.Options).toMatchObject({
      'com.docker.network.bridge.name': 'rlabc123n0',
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
    });
    // pr1 and pe1 have the first two addresses; the bridge must not take one of them.
    expect(red!.IPAM!.Config).toEqual([{ Subnet: '10.1.0.0/24', Gateway: '10.1.0.3' }]);
    expect(blue!.IPAM!.Config).toEqual([{ Subnet: '10.2.0.0/16', Gateway: '10.2.0.4' }]);
  });

  it('leaves room for devices’ names of fifteen characters', () => {
    expect(bridgeName('abc123', 999_999).length).toBeLessThanOrEqual(15);
  });

  it('is refused where hosts leave no address for the bridge', () => {
    expect(() => gatewayOf(planOn('10.1.0.0/30'), 'red')).toThrow('expected one address more than hosts');
  });

  it('is a container that may do less than an ordinary one, with a fixed address', () => {
    const request = containerRequest(element, 'abc123', 'sha256:1', { folder: '/out/run' });
    expect(request).toMatchObject({ name: 'rsplab-abc123-pe1', Labels: { [sessionLabel]: 'abc123' } });
    expect(request.HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      CapAdd: ['DAC_OVERRIDE'],
      ReadonlyRootfs: true,
      Mounts: [{ Type: 'bind', Source: '/out/run', Target: '/out/run' }],
      NetworkMode: 'rsplab-abc123-red',
    });
    expect(request.HostConfig!.Privileged).toBeUndefined();
    expect(request.NetworkingConfig!.EndpointsConfig).toEqual({
      'rsplab-abc123-red': { IPAMConfig: { IPv4Address: '10.1.0.2' } },
    });
  });
});

describe('the engine', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const modem = async (variables: Record<string, string>, socket?: string) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    return (await connect(socket)).modem as unknown as Record<string, unknown>;
  };

  it('is the one that Docker’s users name', async () => {
    const tls = { DOCKER_HOST: 'tcp://lab.example:2376', DOCKER_TLS_VERIFY: '1' };
    expect(await modem(tls)).toMatchObject({ protocol: 'https', host: 'lab.example', port: '2376' });
    const ssh = { DOCKER_HOST: 'ssh://user@lab.example', DOCKER_TLS_VERIFY: '' };
    expect(await modem(ssh)).toMatchObject({ protocol: 'ssh', host: 'lab.example', username: 'user' });
    expect(await modem({ DOCKER_HOST: 'unix:///run/x.sock' })).toMatchObject({ socketPath: '/run/x.sock' });
  });

  it('is another one for a lab with an engine of its own', async () => {
    const own = await modem({ DOCKER_HOST: 'tcp://lab.example:2376' }, '/run/own.sock');
    expect(own).toMatchObject({ socketPath: '/run/own.sock', protocol: 'http' });
    expect(own.host).toBeFalsy();
  });

  it('is refused in one sentence when the variables make no sense', async () => {
    await expect(modem({ DOCKER_HOST: 'tcp://x:1', DOCKER_CERT_PATH: '/nowhere' })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('DOCKER_CERT_PATH'),
    });
  });
});

describe('legs', () => {
  // The engine made the second network's device the first.
  const devices = [
    { ifname: 'lo', ifindex: 1, addr_info: [{ local: '127.0.0.1' }] },
    { ifname: 'eth0', ifindex: 8, link_index: 9, addr_info: [{ local: '10.2.0.2' }] },
    { ifname: 'eth1', ifindex: 10, link_index: 11, addr_info: [{ local: '10.1.0.2' }] },
  ];
  const legs = innerLegs(element, { red: 24, blue: 16 }, devices);

  it('are told by their addresses, whatever their order', () => {
    expect(legs).toEqual([
      { network: 'red', device: 'eth1', prefix: 24, outerIndex: 11 },
      { network: 'blue', device: 'eth0', prefix: 16, outerIndex: 9 },
    ]);
    const batch = innerBatch(plan, element, legs).map((words) => words.join(' '));
    expect(batch).toContain('link set eth1 address 02:00:0a:01:00:02 gso_max_segs 1');
    expect(batch).toContain('neigh replace 10.1.0.1 lladdr 02:00:0a:01:00:01 dev eth1 nud permanent');
    expect(batch.at(-1)).toBe('route add 224.0.0.0/4 dev eth1');
    expect(() => innerLegs(element, { red: 24, blue: 16 }, devices.slice(0, 2))).toThrow('no device with 10.1.0.2');
  });

  it('end on this machine, or the engine is elsewhere', () => {
    const inside = new Map([['pe1', legs]]);
    const here = [
      { ifname: 'veth1', ifindex: 9 },
      { ifname: 'veth2', ifindex: 11 },
    ];
    expect([...outerDevices(inside, here)]).toEqual([
      ['pe1 red', 'veth2'],
      ['pe1 blue', 'veth1'],
    ]);
    expect(() => outerDevices(inside, here.slice(1))).toThrow('is not on this machine');
  });

  it('lead to bridges that have no address', () => {
    expect(bridgeBatch(['rlabc123n0'])[0]).toEqual(['address', 'flush', 'dev', 'rlabc123n0']);
  });
});

describe('the main process of a container', () => {
  const init = (input: string) => execa(initCommand[0]!, initCommand.slice(1), { input, cwd: '/tmp' });

  it('starts what it is told, word by word, and tells how it ended', async () => {
    const words = fc.array(
      fc.string({ minLength: 1 }).filter((word) => !/[\0\n\r]/.test(word)),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(words, async (said) => {
        const folder = mkdtempSync(join(tmpdir(), "it's a test "));
        const { stdout } = await init(
          startLine(7, { workingDirectory: folder, log: 'its log' }, ['printf', '%s\\n', ...said]),
        );
        const log = readFileSync(join(folder, 'its log'), 'utf8');
        rmSync(folder, { recursive: true });
        expect(log).toBe(said.length === 0 ? '\n' : said.map((word) => `${word}\n`).join(''));
        expect(stdout.split('\n').map(parseReport)).toMatchObject([
          { what: 'started', id: 7 },
          { what: 'ended', id: 7, status: 0 },
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it('lets it be interrupted, and takes a stopped one for alive', async () => {
    const script = 'kill -STOP $$; exit 3';
    const child = init(startLine(1, { workingDirectory: '/tmp', log: '/dev/null' }, ['sh', '-c', script]));
    const started = await new Promise<string>((resolve) => child.stdout!.once('data', (data) => resolve(String(data))));
    const report = parseReport(started.trim());
    expect(report).toMatchObject({ what: 'started' });
    const pid = report?.what === 'started' ? report.pid : 0;
    await expect.poll(() => processState(pid)).toBe('T');
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGCONT');
    expect((await child).stdout.split('\n').at(-1)).toBe('ended 1 130');
  });

  it('reports as a shell does: signals from 128 on', () => {
    expect(endOf(0)).toEqual({ exitCode: 0, signal: null });
    expect(endOf(3)).toEqual({ exitCode: 3, signal: null });
    expect(endOf(137)).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(parseReport('bash: line 1: no such thing')).toBeUndefined();
  });
});

describe('the image', () => {
  it('has a version of its own, and the packages of the recipe', () => {
    expect(imageVersion()).toMatch(/^[0-9a-f]{12}$/);
    const options = mmdebstrapOptions(false);
    expect(options).toContain('--mode=chrootless');
    expect(options).toContain(`--include=${recipe.packages.join(',')}`);
  });

  it('holds what the Dockerfile asks for', () => {
    const dockerfile = readFileSync(new URL('../../harness/lab/docker/Dockerfile', import.meta.url), 'utf8');
    for (const name of [...recipe.packages.filter((each) => each !== 'base-files'), ...recipe.alone]) {
      expect(dockerfile).toContain(name);
    }
    expect(dockerfile).toContain(`debian:${recipe.suite}`);
  });
});
