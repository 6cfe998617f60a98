/**
 * The machine: one virtual processor whose clock is the count of its instructions (`-icount`), which skips the time
 * when it has nothing to do (`sleep=off`). What could bring time or chance in from outside is left out: no network, no
 * disk, no random numbers of the processor's, a clock that begins at the same moment in every run.
 */
import { parcelAddress, parcelSize } from './parcel.js';

export interface MachineFiles {
  readonly kernel: string;
  readonly image: string;
  /** Holds the machine's memory. */
  readonly memory: string;
  /** Its job, as a parcel. */
  readonly parcel: string;
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

/** File descriptors of QEMU's process, beside the standard ones: the last one is a saver where it boots, or a state. */
export const descriptors = { console: 3, monitor: 4, debugger: 5, saver: 6, state: 6 } as const;

/** Far more than machines have, so that the parcel's address is the same in all of them. */
const highestMemoryMiB = 2 ** 16;

const kernelWords = [
  ...['console=ttyS0', 'quiet', 'panic=-1', 'rdinit=/init', 'tsc=reliable', 'mitigations=off', 'nokaslr'],
  // Programs at the same place in each process, so that QEMU translates their code once, not for each.
  'norandmaps',
  // Probing hardware that is not there costs seconds.
  ...['pci=lastbus=0', 'no_timer_check', 'nowatchdog', 'transparent_hugepage=never', 'cryptomgr.notests'],
];

/** As in a file name: a comma separates options. */
const quoted = (path: string): string => path.replaceAll(',', ',,');

/**
 * QEMU records what happens, to nowhere: only then do its two threads take turns strictly. Otherwise the one that skips
 * idle time may look while the other is about to be idle and has not told its instructions yet, and skips too far.
 */
const turns = 'rr=record,rrfile=/dev/null';

/**
 * @param from `boot` begins with the firmware and keeps the memory's file up to date; `snapshot` waits to be told where
 *   to go on, with that file as its memory, which it leaves as it is
 */
export function machineCommand(
  { kernel, image, memory, parcel, line, results }: MachineFiles,
  { nanosecondsPerInstruction, memoryMiB }: MachineSetting,
  from: 'boot' | 'snapshot',
): string[] {
  const shared = from === 'boot' ? 'on' : 'off';
  const chardev = (id: string, kind: string, where: string) => ['-chardev', `${kind},id=${id},${where}`];
  return [
    ...['-no-user-config', '-nodefaults', '-nographic', '-no-reboot', '-monitor', 'none'],
    ...['-machine', 'pc,memory-backend=memory,vmport=off,hpet=off,nvdimm=on', '-smp', '1'],
    ...['-m', `${memoryMiB}M,slots=1,maxmem=${highestMemoryMiB}M`],
    ...['-object', `memory-backend-file,id=memory,size=${memoryMiB}M,share=${shared},mem-path=${quoted(memory)}`],
    ...['-accel', 'tcg', '-icount', `shift=${Math.log2(nanosecondsPerInstruction)},sleep=off,align=off,${turns}`],
    ...['-cpu', 'max,rdrand=off,rdseed=off,la57=off', '-seed', '1', '-rtc', 'clock=vm,base=2026-01-01'],
    ...['-kernel', kernel, '-initrd', image, '-append', kernelWords.join(' ')],
    ...['-object', `memory-backend-file,id=parcel,size=${parcelSize},share=on,mem-path=${quoted(parcel)}`],
    ...['-device', `nvdimm,memdev=parcel,addr=${parcelAddress}`],
    ...chardev('console', 'socket', `fd=${descriptors.console}`),
    ...chardev('line', 'file', `path=${quoted(line)}`),
    ...['-serial', 'chardev:console', '-serial', 'chardev:line'],
    ...chardev('results', 'file', `path=${quoted(results)}`),
    ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=results,name=results'],
    ...chardev('monitor', 'socket', `fd=${descriptors.monitor}`),
    ...['-mon', 'chardev=monitor,mode=readline'],
    // Nothing happens before somebody says so.
    '-S',
    ...(from === 'snapshot'
      ? ['-incoming', 'defer', '-global', 'migration.send-configuration=off']
      : [
          ...[...chardev('debugger', 'socket', `fd=${descriptors.debugger}`), '-gdb', 'chardev:debugger'],
          ...[...chardev('saver', 'socket', `fd=${descriptors.saver}`), '-mon', 'chardev=saver,mode=control'],
        ]),
  ];
}
