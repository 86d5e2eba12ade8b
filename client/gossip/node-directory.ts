/** Which worker has which node. */
import { ProtocolError, type MessageOf } from '../../protocol/index.js';

type Entry = MessageOf<'membership'>['workers'][number];

export class NodeDirectory {
  #workers: readonly Entry[] = [];
  readonly #byNode = new Map<number, string>();

  learn({ workers }: MessageOf<'membership'>): void {
    this.#workers = workers;
    this.#byNode.clear();
    for (const { worker, nodes } of workers) {
      for (const [first, last] of nodes) {
        for (let node = first; node <= last; node++) this.#byNode.set(node, worker);
      }
    }
  }

  get workers(): readonly Entry[] {
    return this.#workers;
  }

  /** Whose the node is, as far as it is known. */
  find(node: number): string | undefined {
    return this.#byNode.get(node);
  }

  /** @throws ProtocolError where nobody has the node */
  of(node: number): string {
    const worker = this.find(node);
    if (worker === undefined) throw new ProtocolError('unexpected', `no worker has the node ${node}`);
    return worker;
  }
}
