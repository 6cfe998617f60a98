// Runs an experiment on the lab kernel's own namespaces, kills rsplab in the middle, and tells how long anything is left.

import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @param {{ commandLine: string, repository: string }} input */
export async function inside({ commandLine, repository }, { folder }) {
  process.env.RSPLAB_CACHE = mkdtempSync('/run/cache-');
  process.env.TMPDIR = mkdtempSync('/run/tmp-');
  const out = mkdtempSync('/run/out-');
  const args = [commandLine, 'run', 'experiments/element-power-off.ts', '--on', 'netns', '--out', out];
  const said = `${out}/said`;
  const child = spawn(process.execPath, args, { cwd: repository, stdio: ['ignore', 'ignore', openSync(said, 'w')] });
  while (!processes().some((name) => name.includes('calcappclient'))) {
    if (child.exitCode !== null)
      throw new Error(`rsplab ended early with ${child.exitCode}: ${readFileSync(said, 'utf8')}`);
    await sleep(200);
  }
  const before = namespaces().length;
  child.kill('SIGKILL');
  const killedAt = performance.now();
  const seconds = () => (performance.now() - killedAt) / 1e3;
  while (namespaces().length + processes().length > 0 && seconds() < longestWait) await sleep(200);
  const left = { before, seconds: seconds(), namespaces: namespaces(), processes: processes() };
  writeFileSync(`${folder}/answer.json`, JSON.stringify(left));
  return 0;
}

const longestWait = 30;

const namespaces = () => readdirSync('/run/netns');

/** RSPLIB's and rsplab's own programs that still run, ourselves not counted. */
function processes() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const commands = pids.map((pid) => {
    try {
      readlinkSync(`/proc/${pid}/exe`);
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  });
  return commands.filter((command) => /rspregistrar|rspserver|calcappclient|dumpcap|main\.js|watchdog/.test(command));
}
