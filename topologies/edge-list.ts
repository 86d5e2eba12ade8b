/** A growing list of edges: what generators fill before a graph is made of it. */
import { graphFromEdges, type Graph } from './graph.js';

export class EdgeList {
  #pairs = new Uint32Array(256);
  #length = 0;

  add(from: number, to: number): void {
    if (this.#length === this.#pairs.length) {
      const grown = new Uint32Array(2 * this.#length);
      grown.set(this.#pairs);
      this.#pairs = grown;
    }
    this.#pairs[this.#length++] = from;
    this.#pairs[this.#length++] = to;
  }

  /** @throws Error for a node that is not there, a self-loop, or an edge that is there twice */
  toGraph(nodes: number, directed = false): Graph {
    return graphFromEdges(nodes, this.#pairs.subarray(0, this.#length), directed);
  }
}
