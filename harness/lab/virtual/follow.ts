import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Milliseconds between two looks. */
const period = 100;

/**
 * Follows a file that grows, line by line.
 * @returns how to stop, after one more look
 */
export function follow(file: string, onLine: (line: string) => void): () => void {
  const handle = openSync(file, 'a+');
  // A look may end in the middle of a character.
  const decoder = new StringDecoder('utf8');
  let [offset, rest] = [0, ''];
  const look = () => {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(handle).size - offset));
    if (buffer.length === 0) return;
    offset += readSync(handle, buffer, 0, buffer.length, offset);
    const lines = `${rest}${decoder.write(buffer)}`.split('\n');
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
