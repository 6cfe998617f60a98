import { badInput } from '../base/errors.js';
import type { Missing } from '../lab/probe.js';
import type { Subject } from '../run/subject.js';

// Loaded when asked for: who simulates, or is refused, need not wait for all labs.
const probes = () => import('../lab/probe.js');
const labs = () => import('../run/lab-subject.js');

interface Choice {
  readonly name: string;
  /** What it lacks on this machine. */
  probe(): Promise<Missing[]>;
  load(): Promise<Subject>;
}

/** Labs first, the most capable of them at the head. */
const choices: readonly Choice[] = [
  {
    name: 'virtual',
    probe: async () => (await probes()).probeVirtual(),
    load: async () => (await import('../run/virtual-subject.js')).virtualSubject,
  },
  {
    name: 'netns',
    probe: async () => (await probes()).probeNetns(),
    load: async () => (await labs()).netnsSubject,
  },
  {
    name: 'uml',
    probe: async () => (await probes()).probeUml(),
    load: async () => (await labs()).umlSubject,
  },
  {
    name: 'docker',
    probe: async () => (await probes()).probeDocker(),
    load: async () => (await labs()).dockerSubject,
  },
  {
    name: 'uml+docker',
    probe: async () => (await probes()).probeUmlDocker(),
    load: async () => (await labs()).umlDockerSubject,
  },
  {
    name: 'sim',
    probe: async () => [],
    load: async () => (await import('../run/sim-subject.js')).simSubject,
  },
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
  const found = choices.find((choice) => choice.name === name);
  if (!found) {
    const names = [...choices.map((each) => each.name), 'remote'];
    throw badInput(`--on: expected one of ${names.join(', ')}, got '${name}'`);
  }
  const missing = await found.probe();
  if (missing.length > 0)
    throw badInput(`--on ${name}: this machine lacks ${missing.map(({ what }) => what).join(', ')}; see rsplab doctor`);
  return found.load();
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
  for (const { name, probe, load } of choices) {
    if (name !== 'sim' && (await probe()).length === 0) return load();
  }
  throw badInput('No lab works on this machine; rsplab doctor says what is missing, --on sim needs nothing');
}
