import type { Association, Side } from './association.js';
import { Element } from './element.js';

const acceptor: Side = 1;

/**
 * An element that is a proxy in front of a web server, which is well as long as its host is, and answers at once.
 */
export class WebElement extends Element {
  #isLeaving = false;

  override start(): void {
    this.#isLeaving = false;
    super.start();
  }

  /** A request arrives, or a keep-alive of a proxy. While the element leaves, it wants no more by the connection. */
  answer(connection: Association, answered: (isLast: boolean) => void): void {
    const isLast = this.#isLeaving;
    connection.send(acceptor, () => answered(isLast));
  }

  /** SIGTERM: out of the pool first; who comes all the same is served for a moment. */
  override shutDown(): number {
    const { drain } = this.role.server!;
    const process = this.deregister();
    this.#isLeaving = true;
    process.after(drain, () => this.kill());
    return drain;
  }
}
