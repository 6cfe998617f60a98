// Namespaces joined by bridges, and in each a server of SSH that listens on a network of its own.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';

export const netnsOf = (host) => `remote-${host}`;

/** @returns a file for `ssh -F`, in which every host of the plan has its name */
export async function wire(plan) {
  const networks = ['control', ...Object.keys(plan.topology.networks)];
  const batch = networks.flatMap((name) => [`link add name ${name} type bridge`, `link set dev ${name} up`]);
  batch.push('address add 10.99.0.254/24 dev control', 'link set dev lo up');
  await execa('ip', ['-batch', '-'], { input: batch.join('\n') });
  const folder = '/run/remote';
  mkdirSync(folder);
  mkdirSync('/run/sshd', { recursive: true });
  for (const key of ['host', 'user'])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/${key}`]);
  const config = [];
  const known = [];
  for (const [index, { name, legs }] of plan.hosts.entries()) {
    const address = `10.99.0.${index + 1}`;
    await netns(name, [{ network: 'control', address }, ...legs]);
    const server = [
      ...['Port 22', `ListenAddress ${address}`, `HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/user.pub`],
      ...['PidFile none', 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes'],
    ];
    writeFileSync(`${folder}/${name}.conf`, `${server.join('\n')}\n`);
    const words = [`--net=/run/netns/${netnsOf(name)}`, '/usr/sbin/sshd', '-D', '-e', '-f', `${folder}/${name}.conf`];
    const child = spawn('nsenter', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    await new Promise((resolve) => child.stderr.on('data', (text) => String(text).includes('listening') && resolve()));
    config.push(
      `Host ${name}`,
      `  HostName ${address}`,
      `  IdentityFile ${folder}/user`,
      `  UserKnownHostsFile ${folder}/known`,
    );
    known.push(`${address} ${readFileSync(`${folder}/host.pub`, 'utf8').trim()}`);
  }
  writeFileSync(`${folder}/known`, `${known.join('\n')}\n`);
  writeFileSync(`${folder}/ssh.conf`, `${config.join('\n')}\n`);
  return `${folder}/ssh.conf`;
}

async function netns(host, legs) {
  const name = netnsOf(host);
  await execa('ip', ['netns', 'add', name]);
  const outside = legs.flatMap(({ network }) => [
    `link add name ${host}-${network} type veth peer name ${network} netns ${name}`,
    `link set dev ${host}-${network} master ${network} up`,
  ]);
  await execa('ip', ['-batch', '-'], { input: outside.join('\n') });
  const inside = legs.flatMap(({ network, address }) => [
    `address add ${address}/24 dev ${network}`,
    `link set dev ${network} up`,
  ]);
  await execa('ip', ['-n', name, '-batch', '-'], {
    input: ['link set dev lo up', ...inside, `route add 224.0.0.0/4 dev ${legs[1].network}`].join('\n'),
  });
}
