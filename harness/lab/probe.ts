/** What each lab needs, and whether this machine has it: tried, not assumed. */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { execa } from 'execa';
import { guestPackages } from '../base/guest-packages.js';
import { newSession } from '../base/session.js';
import { enginePackages, findTool, type ToolName, toolEnvironment, toolPackages, umlModules } from '../base/tools.js';
import { cachedImage } from './docker/image.js';
import { probeEngine } from './docker/probe.js';

/** Something that a lab lacks here, and how to get it. */
export interface Missing {
  readonly what: string;
  readonly remedy: string;
}

const rsplibTools: ToolName[] = ['rspregistrar', 'rspserver', 'calcappclient'];
const captureTools: ToolName[] = ['dumpcap', 'tshark'];

export async function probeNetns(): Promise<Missing[]> {
  const missing = missingTools([...rsplibTools, ...captureTools, 'ip', 'tc']);
  if (process.getuid?.() !== 0) {
    return [...missing, { what: 'root', remedy: 'run as root, or use --on uml, which needs no root' }];
  }
  if (missing.length > 0) return missing;
  return [...(await probeSctp()), ...(await probeNetem())];
}

/** QEMU, and what its machine is made of; the capture is read here. */
export async function probeVirtual(): Promise<Missing[]> {
  if (process.arch !== 'x64') {
    const remedy =
      'use --on sim; the machine is x86-64 and would need a kernel, packages and Node.js for this processor';
    return [{ what: `an x86-64 machine (this is ${process.arch})`, remedy }];
  }
  const missing = missingTools(['qemu-system-x86_64', 'cpio', 'modprobe', 'depmod', 'tshark']);
  if (!guestPackages()) missing.push({ what: 'the packages that its machine is made of', remedy: 'npm run setup' });
  return missing;
}

export async function probeUml(): Promise<Missing[]> {
  const missing = missingTools(['linux.uml', 'modprobe', ...rsplibTools, ...captureTools, 'ip', 'tc']);
  if (missing.length === 0 && !umlModules()) {
    missing.push({ what: 'prepared modules of the lab kernel', remedy: 'npm run setup' });
  }
  return missing;
}

/** The engine that runs on this machine, and the machine's kernel. */
export async function probeDocker(): Promise<Missing[]> {
  const missing = missingTools([...captureTools, 'ip', 'tc']);
  if (process.getuid?.() !== 0) {
    return [...missing, { what: 'root', remedy: 'run as root, or use --on uml+docker, which needs no root' }];
  }
  if (missing.length > 0) return missing;
  return [...(await probeEngine()), ...(await probeSctp('uml+docker')), ...(await probeNetem('uml+docker'))];
}

/** An engine in a lab kernel. */
export async function probeUmlDocker(): Promise<Missing[]> {
  const missing: Missing[] = Object.entries(enginePackages)
    .filter(([name]) => findTool(name) === undefined)
    .map(([name, debian]) => ({ what: name, remedy: `rsplab image build (Debian package ${debian})` }));
  if (cachedImage() === undefined) missing.push({ what: 'the image of hosts', remedy: 'rsplab image build' });
  return [...(await probeUml()), ...missing];
}

const missingTools = (names: readonly ToolName[]): Missing[] =>
  names
    .filter((name) => findTool(name) === undefined)
    .map((name) => ({ what: name, remedy: `npm run setup (Debian package ${toolPackages[name]})` }));

async function probeSctp(otherwise = 'uml'): Promise<Missing[]> {
  const knowsSctp = async () => /^SCTP\s/m.test(await readFile('/proc/net/protocols', 'utf8'));
  if (await knowsSctp()) return [];
  // It may be a module that nobody needed so far.
  if (findTool('modprobe')) await execa('modprobe', ['sctp'], { env: toolEnvironment(), reject: false });
  if (await knowsSctp()) return [];
  return [{ what: `SCTP in the kernel (${release()})`, remedy: `a kernel with CONFIG_IP_SCTP, or --on ${otherwise}` }];
}

/** Asks the kernel for a netem qdisc in a network namespace that lives for this question only. */
async function probeNetem(otherwise = 'uml'): Promise<Missing[]> {
  const namespace = `rsplab-${newSession()}-probe`;
  const run = (tool: string, args: string[]) => execa(tool, args, { env: toolEnvironment(), reject: false });
  const made = await run('ip', ['netns', 'add', namespace]);
  if (made.failed)
    return [{ what: 'network namespaces', remedy: `a kernel and container that allow them: ${made.stderr}` }];
  const asked = await run('tc', ['-n', namespace, 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']);
  await run('ip', ['netns', 'delete', namespace]);
  if (!asked.failed) return [];
  const remedy = `a kernel with CONFIG_NET_SCH_NETEM, or --on ${otherwise}`;
  return [{ what: `netem in the kernel (${release()})`, remedy }];
}
