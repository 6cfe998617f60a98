import { badInput } from '../base/errors.js';
import { probeDocker, probeNetns, probeUml, probeUmlDocker, probeVirtual } from '../lab/probe.js';
import { dockerSubject, netnsSubject, umlDockerSubject, umlSubject } from '../run/lab-subject.js';
import { simSubject } from '../run/sim-subject.js';
import type { Subject } from '../run/subject.js';
import { virtualSubject } from '../run/virtual-subject.js';

/** Labs first, the most capable of them at the head. */
const subjects = [
  { subject: virtualSubject, probe: probeVirtual },
  { subject: netnsSubject, probe: probeNetns },
  { subject: umlSubject, probe: probeUml },
  { subject: dockerSubject, probe: probeDocker },
  { subject: umlDockerSubject, probe: probeUmlDocker },
  { subject: simSubject, probe: async () => [] },
];

/** What a subject may need beside its name. */
export interface SubjectFlags {
  /** Of `remote`: the file that says which hosts there are. */
  readonly inventory?: string | undefined;
}

/**
 * The subject of that name, or without a name the best lab that works on this machine.
 * @throws HarnessError `bad-input` for an unknown name, or when what the lab needs is missing here
 */
export async function chooseSubject(name: string | undefined, { inventory }: SubjectFlags = {}): Promise<Subject> {
  if (name === 'remote') return chooseRemote(inventory);
  if (inventory !== undefined) throw badInput(`--inventory: expected --on remote, got --on ${name ?? '(nothing)'}`);
  if (name === undefined) return bestLab();
  const found = subjects.find(({ subject }) => subject.name === name);
  if (!found) {
    const names = [...subjects.map(({ subject }) => subject.name), 'remote'];
    throw badInput(`--on: expected one of ${names.join(', ')}, got '${name}'`);
  }
  const missing = await found.probe();
  if (missing.length > 0)
    throw badInput(`--on ${name}: this machine lacks ${missing.map(({ what }) => what).join(', ')}; see rsplab doctor`);
  return found.subject;
}

async function chooseRemote(file: string | undefined): Promise<Subject> {
  if (file === undefined) {
    throw badInput('--on remote: expected --inventory and a file that says which hosts there are, got none');
  }
  // Whoever has none does not wait for its code.
  const [{ loadInventory }, { remoteSubject }] = await Promise.all([
    import('../lab/remote/inventory.js'),
    import('../run/remote-subject.js'),
  ]);
  return remoteSubject(await loadInventory(file), file);
}

async function bestLab(): Promise<Subject> {
  for (const { subject, probe } of subjects) {
    if (subject.clock !== 'simulated' && (await probe()).length === 0) return subject;
  }
  throw badInput('No lab works on this machine; rsplab doctor says what is missing, --on sim needs nothing');
}
