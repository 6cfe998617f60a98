import { describe, expect, it } from 'vitest';
import { machineCommand } from '../../harness/lab/virtual/machine.js';

const files = { kernel: '/k', image: '/i', memory: '/m', parcel: '/j', line: '/l', results: '/r' };
const setting = { nanosecondsPerInstruction: 4, memoryMiB: 2048 };
const wordAfter = (command: readonly string[], name: string) => command[command.indexOf(name) + 1]!;

describe('the machine’s command line', () => {
  it.each([
    [1, 0],
    [2, 1],
    [4, 2],
    [16, 4],
  ])(
    'makes of %i ns an instruction a shift of %i, and skips idle time, its threads in turns',
    (nanosecondsPerInstruction, shift) => {
      const command = machineCommand(files, { ...setting, nanosecondsPerInstruction }, 'boot');
      expect(wordAfter(command, '-icount')).toBe(`shift=${shift},sleep=off,align=off,rr=record,rrfile=/dev/null`);
    },
  );

  it('lets nothing in that no plan knows: no network, no disk, no chance, one beginning of time', () => {
    const command = machineCommand(files, setting, 'boot');
    expect(command).toContain('-nodefaults');
    expect(command.filter((word) => /^-(net|nic|netdev|drive|hda|cdrom|usb)/.test(word))).toEqual([]);
    expect(wordAfter(command, '-cpu')).toContain('rdrand=off,rdseed=off');
    expect(wordAfter(command, '-rtc')).toBe('clock=vm,base=2026-01-01');
    expect(wordAfter(command, '-seed')).toBe('1');
    expect(wordAfter(command, '-smp')).toBe('1');
  });

  it('keeps the memory’s file up to date when it boots, and leaves it alone when it goes on from a snapshot', () => {
    const [boot, on] = (['boot', 'snapshot'] as const).map((from) => machineCommand(files, setting, from));
    expect(wordAfter(boot!, '-object')).toBe('memory-backend-file,id=memory,size=2048M,share=on,mem-path=/m');
    expect(wordAfter(on!, '-object')).toContain('share=off');
    expect(boot).not.toContain('-incoming');
    expect(wordAfter(on!, '-incoming')).toBe('defer');
    // All else is the same, or the state would not fit.
    const rest = (command: readonly string[]) =>
      command
        .join(' ')
        .replace(/(id=memory,.*?share=)\w+|-incoming defer -global \S+/g, '$1')
        .replace(/-chardev \S*id=debugger\S* -gdb \S+ -chardev \S*id=saver\S* -mon chardev=saver\S*/, '');
    expect(rest(on!)).toEqual(rest(boot!));
  });

  it('takes paths with commas for what they are', () => {
    const odd = { ...files, memory: '/a,b/m', parcel: '/a,b/j', line: '/a,b/l', results: '/a,b/r' };
    const command = machineCommand(odd, setting, 'boot').join(' ');
    expect(command).toContain('mem-path=/a,,b/m');
    expect(command).toContain('mem-path=/a,,b/j');
    expect(command).toContain('path=/a,,b/l');
    expect(command).toContain('path=/a,,b/r');
  });
});
