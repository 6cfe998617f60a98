import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Milliseconds between two looks. */
const period = 100;

/**
 * Follows a file that grows, line by line.
 * @returns how to stop, after one more look
 */
export function follow(file: string, onLine: (line: string) => void): () => void {
  const handle = openSync(file, 'a+');
  let [offset, rest] = [0, ''];
  const look = () => {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(handle).size - offset));
    if (buffer.length === 0) return;
    offset += readSync(handle, buffer, 0, buffer.length, offset);
    const lines = `${rest}${buffer.toString('utf8')}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  };
  const timer = setInterval(look, period);
  return () => {
    clearInterval(timer);
    look();
    closeSync(handle);
  };
}
