/** Calls of the C library that Node.js has none of, and the structures that they take, as Linux lays them out. */
import koffi from 'koffi';
import { labBroken } from '../../base/errors.js';

const library = koffi.load('libc.so.6');

export const call = {
  socket: library.func('int socket(int, int, int)'),
  bind: library.func('int bind(int, const void *, unsigned int)'),
  connect: library.func('int connect(int, const void *, unsigned int)'),
  listen: library.func('int listen(int, int)'),
  accept: library.func('int accept4(int, void *, void *, int)'),
  getsockname: library.func('int getsockname(int, _Out_ void *, _Inout_ void *)'),
  setsockopt: library.func('int setsockopt(int, int, int, const void *, unsigned int)'),
  getsockopt: library.func('int getsockopt(int, int, int, _Inout_ void *, _Inout_ void *)'),
  poll: library.func('int poll(_Inout_ void *, unsigned long, int)'),
  send: library.func('long send(int, const void *, unsigned long, int)'),
  recv: library.func('long recv(int, _Out_ void *, unsigned long, int)'),
  sendmsg: library.func('long sendmsg(int, const void *, int)'),
  recvmsg: library.func('long recvmsg(int, _Inout_ void *, int)'),
  readEvent: library.func('long read(int, _Out_ void *, unsigned long)'),
  write: library.func('long write(int, const void *, unsigned long)'),
  close: library.func('int close(int)'),
  epollCreate: library.func('int epoll_create1(int)'),
  epollControl: library.func('int epoll_ctl(int, int, int, const void *)'),
  epollWait: library.func('int epoll_wait(int, _Out_ void *, int, int)'),
  eventfd: library.func('int eventfd(unsigned int, int)'),
};

export const errors = {
  again: koffi.os.errno.EAGAIN!,
  inProgress: koffi.os.errno.EINPROGRESS!,
  noEntry: koffi.os.errno.ENOENT!,
};
export const sctp = 132;
/** Address family, socket types and flags. */
export const sockets = { ipv4: 2, oneToOne: 1, oneToMany: 5, nonBlocking: 0o4000, closeOnExec: 0o2000000 };
/** Flags of single messages. */
export const messageFlags = { dontWait: 0x40, endOfRecord: 0x80, noSignal: 0x4000, notification: 0x8000 };
/** Socket options of Linux (`linux/sctp.h`). */
export const options = {
  initMessage: 2,
  noDelay: 3,
  defaultSendParameters: 10,
  events: 11,
  peerAddress: 15,
  receiveInformation: 32,
  bindAdd: 100,
  connectToAll: 111,
};

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** The error of the call before, as the run's trouble. */
export const failure = (what: string) => labBroken(`SCTP: ${what} failed with error ${koffi.errno()}`);

export const lastError = (): number => koffi.errno();

/** Memory that the C library may be given the address of: it stays where it is. */
export const memory = (bytes: number): Buffer => Buffer.from(new ArrayBuffer(bytes));

export const addressOf = (bytes: Buffer): bigint => koffi.address(bytes);

/** struct sockaddr_in: family in the machine's order, port and address in the network's. */
export function socketAddress({ address, port }: SocketAddress): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(sockets.ipv4, 0);
  bytes.writeUInt16BE(port, 2);
  Buffer.from(address.split('.').map(Number)).copy(bytes, 4);
  return bytes;
}

/** @returns what a struct sockaddr_in says; undefined of another family */
export function readSocketAddress(bytes: Buffer): SocketAddress | undefined {
  if (bytes.readUInt16LE(0) !== sockets.ipv4) return undefined;
  return { port: bytes.readUInt16BE(2), address: [...bytes.subarray(4, 8)].join('.') };
}

export function setOption(socket: number, option: number, value: Buffer): void {
  if (call.setsockopt(socket, sctp, option, value, value.length) < 0) throw failure(`setsockopt ${option}`);
}

/** An SCTP socket that never waits, bound to these addresses of the host, in order. Port 0: the kernel's choice. */
export function boundSocket(type: number, [first, ...others]: readonly string[], port: number): number {
  const socket = call.socket(sockets.ipv4, type | sockets.nonBlocking | sockets.closeOnExec, sctp);
  if (socket < 0) throw failure('socket');
  const address = socketAddress({ address: first!, port });
  if (call.bind(socket, address, address.length) < 0) throw failure(`bind to ${first}`);
  // With the port that the first bind was given, whatever it asked for.
  for (const other of others)
    setOption(socket, options.bindAdd, socketAddress({ address: other, port: portOf(socket) }));
  return socket;
}

/** The port that a bound socket has. */
export function portOf(socket: number): number {
  const [name, length] = [Buffer.alloc(16), Buffer.alloc(4)];
  length.writeUInt32LE(name.length);
  if (call.getsockname(socket, name, length) < 0) throw failure('getsockname');
  return readSocketAddress(name)?.port ?? 0;
}
