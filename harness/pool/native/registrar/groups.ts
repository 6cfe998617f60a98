/** Where registrars announce themselves by multicast, on every network of the host. */
import { createSocket } from 'node:dgram';
import { asap } from '../asap.js';
import { enrp } from '../enrp.js';

const hops = 30;

export interface Groups {
  announce(protocol: 'asap' | 'enrp', bytes: Buffer): void;
  close(): void;
}

/** @param heard is told what other registrars say to ENRP's group */
export function joinGroups(
  addresses: readonly string[],
  heard: (bytes: Buffer, from: { address: string; port: number }) => void,
): Groups {
  const senders = addresses.map((address) => {
    const socket = open(() => {
      socket.setMulticastInterface(address);
      socket.setMulticastTTL(hops);
    });
    socket.bind({ address, port: 0 });
    return socket;
  });
  const listener = open(() => {
    for (const address of addresses) listener.addMembership(enrp.group, address);
  });
  listener.on('message', heard);
  listener.bind({ address: enrp.group, port: enrp.port });
  return {
    announce(protocol, bytes) {
      const { group, port } = { asap, enrp }[protocol];
      // A network that is down loses it, as networks do.
      for (const socket of senders) socket.send(bytes, port, group, () => {});
    },
    close() {
      for (const socket of [...senders, listener]) socket.close();
    },
  };
}

function open(ready: () => void) {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('error', () => {});
  socket.on('listening', ready);
  return socket;
}
