/**
 * The machine: one virtual processor whose clock is the count of its instructions (`-icount`), which skips the time
 * when it has nothing to do (`sleep=off`). What could bring time or chance in from outside is left out: no network, no
 * disk, no random numbers of the processor's, a clock that begins at the same moment in every run.
 */
import { gunzipSync, gzipSync } from 'node:zlib';

export interface MachineFiles {
  readonly kernel: string;
  readonly image: string;
  /** Holds the machine's memory. */
  readonly memory: string;
  /** The job, as {@link packJob} makes it. */
  readonly job: string;
  /** Gets what the job tells. */
  readonly line: string;
  /** Gets the results, as an archive. */
  readonly results: string;
}

export interface MachineSetting {
  /** Virtual time that an instruction takes: 1, 2, 4, 8 or 16 ns. */
  readonly nanosecondsPerInstruction: number;
  readonly memoryMiB: number;
}

/** File descriptors of QEMU's process, beside the standard ones. */
export const descriptors = { console: 3, monitor: 4, state: 5 } as const;

const kernelWords = [
  ...['console=ttyS0', 'quiet', 'panic=-1', 'rdinit=/init', 'tsc=reliable', 'mitigations=off', 'nokaslr'],
  // Probing hardware that is not there costs seconds.
  ...['pci=lastbus=0', 'no_timer_check', 'nowatchdog', 'transparent_hugepage=never', 'cryptomgr.notests'],
];

/** As in a file name: a comma separates options. */
const quoted = (path: string): string => path.replaceAll(',', ',,');

/**
 * @param from `boot` begins with the firmware and keeps the memory's file up to date; `snapshot` waits to be told where
 *   to go on, with that file as its memory, which it leaves as it is
 */
export function machineCommand(
  { kernel, image, memory, job, line, results }: MachineFiles,
  { nanosecondsPerInstruction, memoryMiB }: MachineSetting,
  from: 'boot' | 'snapshot',
): string[] {
  const shared = from === 'boot' ? 'on' : 'off';
  const chardev = (id: string, kind: string, where: string) => ['-chardev', `${kind},id=${id},${where}`];
  return [
    ...['-no-user-config', '-nodefaults', '-nographic', '-no-reboot', '-monitor', 'none'],
    ...['-machine', 'pc,memory-backend=memory,vmport=off,hpet=off', '-smp', '1', '-m', `${memoryMiB}M`],
    ...['-object', `memory-backend-file,id=memory,size=${memoryMiB}M,share=${shared},mem-path=${quoted(memory)}`],
    ...['-accel', 'tcg', '-icount', `shift=${Math.log2(nanosecondsPerInstruction)},sleep=off,align=off`],
    ...['-cpu', 'max,rdrand=off,rdseed=off,la57=off', '-seed', '1', '-rtc', 'clock=vm,base=2026-01-01'],
    ...['-kernel', kernel, '-initrd', image, '-append', kernelWords.join(' ')],
    // It is logged, too, which is how we learn of it.
    ...['-device', 'pvpanic-pci', '-action', 'panic=pause', '-d', 'guest_errors'],
    ...chardev('console', 'socket', `fd=${descriptors.console}`),
    ...chardev('line', 'file', `path=${quoted(line)}`),
    ...['-serial', 'chardev:console', '-serial', 'chardev:line'],
    ...chardev('results', 'file', `path=${quoted(results)}`),
    ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=results,name=results'],
    ...['-fw_cfg', `name=opt/rsplab/job,file=${quoted(job)}`],
    ...chardev('monitor', 'socket', `fd=${descriptors.monitor}`),
    ...['-mon', 'chardev=monitor,mode=readline'],
    ...(from === 'snapshot' ? ['-incoming', 'defer'] : []),
  ];
}

/**
 * The job as the machine gets it. Small, because the machine's kernel reads it a byte at a time, and to get at a page
 * it reads all pages before once more; of few sizes, because the firmware reads all sizes and takes its time for it.
 */
export function packJob(job: unknown): Buffer {
  const packed = gzipSync(JSON.stringify(job));
  return Buffer.concat([packed], Math.ceil(packed.length / jobStep) * jobStep);
}
const jobStep = 2 ** 14;

/** Zeros may follow what was packed. */
export const unpackJob = (bytes: Buffer): unknown => JSON.parse(gunzipSync(bytes).toString('utf8'));
