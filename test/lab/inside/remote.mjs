import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { realClock } from '../../../dist/harness/base/clock.js';
import { toolEnvironment, umlModules } from '../../../dist/harness/base/tools.js';
import { nativeLab } from '../../../dist/harness/lab/remote/native-lab.js';
import { place } from '../../../dist/harness/lab/remote/placement.js';
import { poolDriver } from '../../../dist/harness/pool/driver/driver.js';
import { collect } from '../../../dist/harness/run/collect.js';
import { perform } from '../../../dist/harness/run/perform.js';
import { netnsOf, wire } from './remote-wiring.mjs';

/** @param {{ plan: import('../../../harness/experiment/plan.js').Plan }} input */
export async function inside({ plan, right = 'root' }, { folder, session, signal, tell }) {
  Object.assign(process.env, toolEnvironment());
  await execa('modprobe', ['--all', '--dirname', umlModules(), 'nf_tables']);
  const config = await wire(plan);
  const hosts = {};
  for (const { name, group, legs } of plan.hosts) {
    const addresses = Object.fromEntries(legs.map(({ network, address }) => [network, address]));
    hosts[group] = [...(hosts[group] ?? []), { ssh: name, addresses, right }];
  }
  const placement = place(plan, { hosts });
  const lab = nativeLab({ placement, config });
  const events = [];
  const onEvent = (event) => {
    events.push(event);
    tell(JSON.stringify(event));
  };
  await perform({ plan, lab, driver: poolDriver, folder, session, clock: realClock, signal, onEvent });
  const left = [];
  for (const { name } of plan.hosts) {
    const { stdout } = await execa('nsenter', [`--net=/run/netns/${netnsOf(name)}`, 'nft', 'list', 'tables'], {
      reject: false,
    });
    if (stdout.trim()) left.push(`${name}: ${stdout.trim()}`);
  }
  left.push(...readdirSync('/tmp').filter((name) => name.startsWith(`rsplab-${session}-`)));
  const outcome = await collect(plan, folder);
  const clocks = JSON.parse(readFileSync(`${folder}/clocks.json`, 'utf8'));
  const { requests, failovers, faults, reasons, notes } = outcome;
  const answer = { events, requests, failovers, faults, reasons, notes, clocks, left };
  writeFileSync(`${folder}/answer.json`, JSON.stringify(answer));
  return 0;
}
