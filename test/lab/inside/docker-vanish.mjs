// Starts a Docker Engine, runs an experiment on it, kills rsplab at each of the given moments, and tells what is left
// once the watchdog had its time.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { realClock } from '../../../dist/harness/base/clock.js';
import { findImage } from '../../../dist/harness/lab/docker/image.js';
import { engineSocket, startOwnEngine } from '../../../dist/harness/lab/docker/own-engine.js';

const patienceMs = 60_000;

/** @param {{ commandLine: string, repository: string, moments: (number | null)[] }} input seconds after
 *   each run's start; null for when all its components run */
export async function inside({ commandLine, repository, moments }, { folder }) {
  const docker = await startOwnEngine({ folder, clock: realClock, signal: new AbortController().signal });
  const Image = await findImage(docker);
  await docker.createContainer({ name: 'foreign', Image, Cmd: ['true'], Labels: { 'io.rsplab.other': 'x' } });
  await docker.createNetwork({ Name: 'foreign', Internal: true, IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } });

  process.env.DOCKER_HOST = `unix://${engineSocket}`;
  process.env.RSPLAB_CACHE = mkdtempSync('/run/cache-');
  process.env.TMPDIR = mkdtempSync('/run/tmp-');
  const file = '/run/small.mjs';
  writeFileSync(file, small(repository));
  const args = [commandLine, 'run', file, '--on', 'docker', '--out', '/run/out'];
  const kills = [];
  for (const moment of moments) {
    const child = spawn(process.execPath, args, { cwd: repository, stdio: 'ignore' });
    if (moment !== null) await sleep(moment * 1000);
    while (child.exitCode === null && moment === null && components() < 3) await sleep(200);
    if (child.exitCode !== null) throw new Error(`rsplab ended early with ${child.exitCode}`);
    const before = { containers: await containers(), processes: components() };
    child.kill('SIGKILL');
    const killed = Date.now();
    while (Date.now() < killed + patienceMs && ((await containers()).length > 1 || (await networks()).length > 1)) {
      await sleep(1000);
    }
    const left = { containers: await containers(), networks: await networks(), processes: components() };
    kills.push({ moment, before, left, seconds: (Date.now() - killed) / 1e3 });
  }
  writeFileSync(`${folder}/answer.json`, JSON.stringify({ kills }));
  return 0;

  async function containers() {
    return (await docker.listContainers({ all: true })).flatMap(({ Names }) => Names);
  }

  async function networks() {
    const all = await docker.listNetworks();
    return all.map(({ Name }) => Name).filter((name) => !['bridge', 'host', 'none'].includes(name));
  }
}

const components = () =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^(rspregistrar|rspserver|calcappclient)/.test(readFileSync(`/proc/${name}/comm`, 'utf8'));
    } catch {
      return false;
    }
  }).length;

/** One of each, in two networks. */
const small = (repository) => `
import * as lab from '${repository}/dist/harness/index.js';
const on = ['red', 'blue'];
export default lab.experiment({
  name: 'small',
  topology: lab.topology({
    name: 'small',
    networks: { red: lab.network('10.1.0.0/24'), blue: lab.network('10.2.0.0/24') },
    hosts: { registrars: lab.hosts(1, { on }), elements: lab.hosts(1, { on }), users: lab.hosts(1, { on }) },
  }),
  deploy: () => ({
    registrars: lab.registrar(),
    elements: lab.poolElement(),
    users: lab.poolUser({ requestInterval: lab.exponential(lab.s(10)) }),
  }),
  phases: { measure: lab.s(600) },
});
`;
