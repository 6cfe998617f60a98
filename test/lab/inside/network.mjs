// Opens the dual-homed lab, measures what its networks really do, and looks at RSPLIB's associations.

import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { realClock } from '../../../dist/harness/base/clock.js';
import { netnsLab } from '../../../dist/harness/lab/netns/netns-lab.js';
import { poolDriver } from '../../../dist/harness/pool/driver/driver.js';

/** @param {any} plan */
export async function inside(plan, { folder }) {
  const signal = new AbortController().signal;
  const lab = await netnsLab.open(plan, { session: 'test00', folder, clock: realClock, signal });
  const answer = {};
  try {
    const [user, element] = [plan.hosts.find((it) => it.name === 'pu1'), plan.hosts.find((it) => it.name === 'pe1')];
    for (const [at, { network, address }] of element.legs.entries()) {
      answer[network] = await roundTrips(user.legs[at].address, address);
    }
    const worse = { kind: 'worse', network: 'red', direction: 'in', impairment: { lossPercent: 20 } };
    await lab.hosts.get('pe1').impose('loss', worse);
    answer.lossy = await roundTrips(user.legs[0].address, element.legs[0].address, 1000);
    await lab.hosts.get('pe1').lift('loss');
    const pool = poolDriver.deploy(plan, lab, {
      folder,
      clock: realClock,
      signal,
      record() {},
      broken: (why) => console.log(why),
    });
    await pool.startRegistrars();
    await pool.startElements();
    answer.associations = await lab.hosts.get('pe1').associations();
    await pool.stop();
    answer.capture = await lab.stopCapture();
    answer.troubles = await lab.troubles();
  } finally {
    await lab.close();
  }
  writeFileSync(`${folder}/answer.json`, JSON.stringify(answer));
  return 0;
}

/** Pings from pu1 to pe1, answered by the kernel, and collects the round trips in seconds. */
async function roundTrips(from, to, count = 100) {
  const ping = ['ping', '-n', '-i', '0.005', '-c', String(count), '-W', '1', '-I', from, to];
  const { stdout } = await execa('nsenter', ['--net=/run/netns/rsplab-test00-pu1', '--', ...ping], { reject: false });
  // The first one waits for address resolution, which is a round trip of its own.
  return [...stdout.matchAll(/icmp_seq=(\d+) .*time=([\d.]+) ms/g)].slice(1).map(([, , time]) => Number(time) / 1e3);
}
