import { Association } from './association.js';
import { type Network, type Node, Signal } from './network.js';
import type { Process, Stoppable } from './process.js';

/** Of INIT and COOKIE ECHO (RFC 9260, section 16; the value of Linux). */
const initMaxRetransmissions = 8;

/**
 * Sets up an association: INIT and its answer, COOKIE ECHO and its answer. `up` gets it; `refused` runs when a kernel
 * answers that nobody listens, or when nobody answered often enough. Stopping gives up.
 */
export function connect(
  network: Network,
  process: Process,
  peer: { readonly node: Node; readonly address: number },
  { up, refused }: { up: (association: Association) => void; refused: () => void },
): Stoppable {
  const { queue } = network;
  const paths = network.pathsBetween(process.node, peer.node);
  const { rtoInitial, rtoMax } = process.node.sctp;
  let wanted = true;
  const ask = (tries: number, first: number, answered: (path: number) => void) => {
    let done = false;
    const number = (first + tries) % paths.length;
    const path = paths[number]!;
    const answer = (action: () => void) => {
      const hear = () => {
        if (done || !wanted) return;
        done = true;
        action();
      };
      network.pass(new Signal(peer.node, process.node, process.node.address, path, hear));
    };
    const knock = () => answer(peer.node.process?.alive ? () => answered(number) : () => process.run(refused));
    network.pass(new Signal(process.node, peer.node, peer.address, path, knock));
    queue.call(queue.now + Math.min(rtoMax, rtoInitial * 2 ** tries), () => {
      if (done || !wanted) return;
      if (tries < initMaxRetransmissions) ask(tries + 1, first, answered);
      else process.run(refused);
    });
  };
  ask(0, 0, (heard) =>
    ask(0, heard, (path) => {
      const acceptor = peer.node.process;
      if (!acceptor?.alive) {
        process.run(refused);
        return;
      }
      const association = new Association(network, process, acceptor, path);
      acceptor.run(() => acceptor.onConnect(association));
      process.run(() => (wanted ? up(association) : association.close(0)));
    }),
  );
  return {
    stop: () => {
      wanted = false;
    },
  };
}
