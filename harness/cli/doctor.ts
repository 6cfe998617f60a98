import { Command } from 'commander';
import { cacheFolder } from '../base/cache.js';
import { messageOf } from '../base/errors.js';
import { missingForFaults } from '../lab/fault-probe.js';
import { type Missing, probeDocker, probeNetns, probeUml, probeUmlDocker, probeVirtual } from '../lab/probe.js';
import { tryKernel } from '../lab/uml/trial.js';
import { virtualFingerprint } from '../lab/virtual/fingerprint.js';
import { snapshotFor } from '../lab/virtual/snapshot.js';
import { checkInstruments } from '../run/lab-subject.js';
import { exitCodes } from './exit.js';

/** What `doctor` found of one lab. */
export interface Diagnosis {
  readonly lab: string;
  readonly works: boolean;
  readonly detail: string;
  readonly missing: readonly Missing[];
}

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('Say per lab what works on this machine, what is missing and how to get it.')
    .option('--inventory <file>', 'look at these hosts, for --on remote, instead of at this machine')
    .option('--json', 'for machines')
    .addHelpText(
      'after',
      `
Examples:
  rsplab doctor
  rsplab doctor --inventory hosts.yaml

Exit codes: 0 the lab that \`rsplab run\` takes without --on works (of an inventory: all hosts are ready), 3 it does
not, or there is none.`,
    )
    .action(async ({ json, inventory }: { json?: boolean; inventory?: string }) => {
      // SSH takes longer to load than a look at this machine needs.
      if (inventory !== undefined) return (await import('./remote.js')).lookAtHosts(inventory, json ?? false);
      const labs = [
        await diagnoseVirtual(),
        await diagnoseNetns(),
        await diagnoseUml(),
        await diagnoseDocker(),
        await diagnoseUmlDocker(),
      ];
      const diagnoses = [...labs, simulator];
      const chosen = defaultLab(labs);
      const complaint = chosen ? await complaintOfInstruments() : null;
      if (json) {
        const answer = { cache: cacheFolder(), default: chosen?.lab ?? null, instruments: complaint, labs: diagnoses };
        console.log(JSON.stringify(answer, null, 2));
      } else {
        const without = chosen ? `without --on: ${chosen.lab}` : 'without --on: no lab is complete here';
        const instruments = complaint === null ? [] : [`tshark     does not work: ${complaint}`];
        console.log([...diagnoses.flatMap(lines), ...instruments, '', without, `cache: ${cacheFolder()}`].join('\n'));
      }
      process.exitCode = chosen?.works && complaint === null ? exitCodes.pass : exitCodes.unknown;
    });

/**
 * The lab that is taken when none is named: the first in their order that lacks nothing. It may not work all the same.
 */
export const defaultLab = (labs: readonly Diagnosis[]): Diagnosis | undefined =>
  labs.find(({ missing }) => missing.length === 0);

/** What is wrong with the programs that make numbers of what a lab leaves. */
const complaintOfInstruments = (): Promise<string | null> => checkInstruments().then(() => null, messageOf);

const simulator: Diagnosis = { lab: 'sim', works: true, detail: 'the simulator needs nothing', missing: [] };

/** Finds the machine's snapshot, or boots the machine for it: only that shows that it works. */
async function diagnoseVirtual(): Promise<Diagnosis> {
  const missing = await probeVirtual();
  if (missing.length > 0) return { lab: 'virtual', works: false, detail: '', missing };
  try {
    const setting = { nanosecondsPerInstruction: 4, memoryMiB: 2048 };
    const { hash, parts } = virtualFingerprint(setting);
    await snapshotFor({ hash, setting, say: (line) => void process.stderr.write(`${line}\n`) });
    const detail = `Linux ${parts.kernel} in virtual time, fingerprint ${hash}`;
    return { lab: 'virtual', works: true, detail, missing };
  } catch (error) {
    return { lab: 'virtual', works: false, detail: messageOf(error), missing };
  }
}

async function diagnoseNetns(): Promise<Diagnosis> {
  const missing = await probeNetns();
  const works = missing.length === 0;
  const detail = works ? await withFaults('network namespaces on the running kernel') : '';
  return { lab: 'netns', works, detail, missing };
}

/** A lab may work, and be unable to do some faults. */
async function withFaults(detail: string): Promise<string> {
  const missing = await missingForFaults();
  return missing.length === 0 ? detail : `${detail}, without ${missing.join('; ')}`;
}

/** Boots a lab kernel for real: only that shows that it works. */
async function diagnoseUml(): Promise<Diagnosis> {
  const missing = await probeUml();
  if (missing.length > 0) return { lab: 'uml', works: false, detail: '', missing };
  try {
    const { kernel, seconds } = await tryKernel();
    return {
      lab: 'uml',
      works: true,
      detail: `Linux ${kernel} booted, with SCTP and netem, in ${seconds.toFixed(1)} s`,
      missing,
    };
  } catch (error) {
    return { lab: 'uml', works: false, detail: messageOf(error), missing };
  }
}

async function diagnoseDocker(): Promise<Diagnosis> {
  const missing = await probeDocker();
  const works = missing.length === 0;
  const detail = works ? await withFaults('containers of the Docker Engine that runs here') : '';
  return { lab: 'docker', works, detail, missing };
}

async function diagnoseUmlDocker(): Promise<Diagnosis> {
  const missing = await probeUmlDocker();
  const works = missing.length === 0;
  const detail = works ? 'engine and image are there, to be run in the lab kernel of uml' : '';
  return { lab: 'uml+docker', works, detail, missing };
}

const lines = ({ lab, works, detail, missing }: Diagnosis): string[] => [
  `${lab.padEnd(10)} ${works ? 'works' : 'does not work'}${detail ? `: ${detail}` : ''}`,
  ...missing.map(({ what, remedy }) => `           missing: ${what} → ${remedy}`),
];
