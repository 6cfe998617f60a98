import { Association } from './association.js';
import { type Network, type Node, Signal } from './network.js';
import type { Process, Stoppable } from './process.js';
import { sctp, type Transport } from './transport.js';

/**
 * Sets up an association: INIT and its answer, COOKIE ECHO and its answer; or a connection: SYN and its answer. `up`
 * gets it; `refused` runs when a kernel answers that nobody listens, or when nobody answered often enough. Stopping
 * gives up.
 */
export function connect(
  network: Network,
  process: Process,
  peer: { readonly node: Node; readonly address: number },
  { up, refused }: { up: (association: Association) => void; refused: () => void },
  transport: Transport = sctp,
): Stoppable {
  const { queue } = network;
  const paths = transport.paths(network, process.node, peer.node);
  const { rtoInitial, rtoMax } = transport.timers(network, process.node, peer.node);
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
      if (tries < transport.setupRetransmissions) ask(tries + 1, first, answered);
      else process.run(refused);
    });
  };
  const establish = (path: number) => {
    const acceptor = peer.node.process;
    if (!acceptor?.alive) {
      process.run(refused);
      return;
    }
    const association = new Association(network, process, acceptor, path, transport);
    acceptor.run(() => acceptor.onConnect(association));
    process.run(() => (wanted ? up(association) : association.close(0)));
  };
  ask(0, 0, transport.roundTrips === 1 ? establish : (heard) => ask(0, heard, establish));
  return {
    stop: () => {
      wanted = false;
    },
  };
}
