// Opens a lab and does every fault of networks and CPUs to its hosts, by the handlers that runs use; and says what
// trains of echo requests and a busy loop met before, while and after.

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { realClock } from '../../../dist/harness/base/clock.js';
import { Component } from '../../../dist/harness/pool/driver/component.js';
import { heal, inject } from '../../../dist/harness/pool/driver/faults.js';

const labs = {
  netns: async () => (await import('../../../dist/harness/lab/netns/netns-lab.js')).netnsLab,
  docker: async () => (await import('../../../dist/harness/lab/docker/own-engine.js')).ownEngineLab,
};

/**
 * @param {{ plan: any, lab: 'netns' | 'docker', whole: any[], scenes: { name: string, faults: any[], during: any[],
 *   after?: any[], between?: boolean }[] }} input `whole`: what is to be tried before the first and after each scene;
 *   each scene: faults that strike one after the other, and are healed in that order
 */
export async function inside({ plan, lab: name, whole, scenes }, { folder }) {
  const signal = new AbortController().signal;
  const lab = await (await labs[name]()).open(plan, { session: 'test00', folder, clock: realClock, signal });
  const answer = { scenes: {}, broken: [] };
  try {
    const stage = await Stage.of(plan, lab, folder, (why) => answer.broken.push(why));
    answer.before = await queuesAndLinks();
    answer.whole = await stage.probe(whole);
    for (const scene of scenes) answer.scenes[scene.name] = await stage.play({ after: whole, ...scene });
    answer.after = await queuesAndLinks();
    answer.capture = await lab.stopCapture();
    answer.troubles = await lab.troubles();
    await stage.clear();
  } finally {
    await lab.close();
  }
  writeFileSync(`${folder}/answer.json`, JSON.stringify(answer));
  return 0;

  /** What every leg does, as the kernel tells it; without what is counted. */
  async function queuesAndLinks() {
    const where = name === 'netns' ? ['-n', 'rsplab-test00-switch'] : [];
    const tc = await execa('tc', [...where, '-j', 'qdisc', 'show']);
    const ip = await execa('ip', [...where, '-j', 'link', 'show', 'up']);
    const ours = ({ dev }) => dev !== undefined && !dev.startsWith('stage') && !dev.startsWith('rltest00s');
    const queues = JSON.parse(tc.stdout).filter((it) => it.kind === 'netem' && ours(it));
    const links = JSON.parse(ip.stdout).map(({ ifname }) => ifname);
    return { queues: queues.map(({ dev, options }) => [dev, options]), links: links.filter((dev) => ours({ dev })) };
  }
}

/** Hosts with a process each, whose network can be entered. */
class Stage {
  #strikes = 0;

  static async of(plan, lab, folder, broken) {
    const stage = new Stage();
    stage.context = { folder, clock: realClock, signal: new AbortController().signal, record() {}, broken };
    stage.components = new Map(
      plan.hosts.map((host) => [host.name, new Component(host, lab.hosts.get(host.name), stage.context)]),
    );
    stage.pids = new Map();
    for (const component of stage.components.values()) await stage.#settle(component);
    return stage;
  }

  /** Puts a process into the host's network, by which it can be entered. */
  async #settle({ name, host }) {
    const old = this.pids.get(name);
    if (old !== undefined) process.kill(old);
    const options = { log: `logs/${name}`, workingDirectory: this.context.folder };
    this.pids.set(name, (await host.start(['sleep', '1000'], options)).pid);
    // What starts it has to enter the network first.
    await sleep(300);
  }

  async clear() {
    for (const pid of this.pids.values()) process.kill(pid);
    await sleep(300);
  }

  async play({ faults, during, after, between }) {
    const told = { evidence: [], during: [], healed: [], seconds: [] };
    const strikes = [];
    for (const { host, ...fault } of faults) {
      const strike = { id: ++this.#strikes, kind: fault.kind, host, fault, intendedAt: realClock.now() };
      const component = this.components.get(host);
      if (fault.kind === 'powerOff') await component.start(() => ({ command: ['sleep', '1000'] }));
      const began = realClock.now();
      told.evidence.push(await inject(component, strike, this.context));
      told.seconds.push(realClock.now() - began);
      strikes.push([component, strike]);
      told.addresses = component.host.addresses;
    }
    told.during.push(await this.probe(during));
    for (const [component, strike] of strikes) {
      const effect = await heal(
        component,
        strike,
        async () => {},
        async () => {},
      );
      told.healed.push(effect);
      // It comes back with a network namespace of its own.
      if (strike.kind === 'powerOff') await this.#settle(component);
      told.addresses = component.host.addresses;
      if (between && strike !== strikes.at(-1)[1]) told.during.push(await this.probe(during));
    }
    told.after = await this.probe(after);
    return told;
  }

  async probe(probes) {
    const seen = [];
    for (const probe of probes) seen.push(probe.spin ? await this.#spin(probe) : await this.#train(probe));
    return seen;
  }

  /** Echo requests from one host to another, and what both kernels counted. */
  async #train({ from, to, network, address, count, interval = 0.002, bytes = 56, wait = 0.3, atOnce = 1 }) {
    const at = ['red', 'blue'].indexOf(network);
    const [source, target] = [from, to].map((name) => this.components.get(name).host.addresses[at]);
    const old = { from: icmp(this.pids.get(from)), to: icmp(this.pids.get(to)) };
    const ping = ['ping', '-n', '-D', '-i', interval, '-c', count, '-W', wait, '-s', bytes, '-l', atOnce, '-I', source];
    const entered = [`--net=/proc/${this.pids.get(from)}/ns/net`, '--', ...ping, address ?? target].map(String);
    const { stdout } = await execa('nsenter', entered, { reject: false });
    const now = { from: icmp(this.pids.get(from)), to: icmp(this.pids.get(to)) };
    const lines = [...stdout.matchAll(/\[([\d.]+)\] .*icmp_seq=(\d+) .*time=([\d.]+) ms( \(DUP!\))?/g)];
    return {
      sent: count,
      answers: lines.map(([, at, seq, ms, dup]) => [Number(seq), Number(ms) / 1e3, dup ? 1 : 0, Number(at)]),
      there: now.to.InEchos - old.to.InEchos,
      back: now.from.InEchoReps - old.from.InEchoReps,
      corrupt: {
        there: now.to.InCsumErrors - old.to.InCsumErrors,
        back: now.from.InCsumErrors - old.from.InCsumErrors,
      },
    };
  }

  /** The share of a CPU that a busy loop on a host gets. */
  async #spin({ spin: name, seconds }) {
    const { host } = this.components.get(name);
    const options = { log: 'logs/spin', workingDirectory: this.context.folder };
    const loop = await host.start(['sh', '-c', 'while :; do :; done'], options);
    await sleep(300);
    const [began, before] = [realClock.now(), ticks(loop.pid)];
    await sleep(seconds * 1e3);
    const share = (ticks(loop.pid) - before) / 100 / (realClock.now() - began);
    loop.signal('SIGKILL');
    await loop.ended;
    return { share };
  }
}

/** Of the namespace that a process lives in. */
function icmp(pid) {
  const [names, values] = readFileSync(`/proc/${pid}/net/snmp`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'))
    .map((line) => line.split(' ').slice(1));
  return Object.fromEntries(names.map((name, at) => [name, Number(values[at])]));
}

/** Hundredths of a second that a process computed. */
const ticks = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return Number(fields[11]) + Number(fields[12]);
};
