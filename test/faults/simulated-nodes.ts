/**
 * Hosts a worker's gossip nodes in the network of faults. Their arithmetic takes no time, but what they tell does; it
 * comes in its order.
 */
import { setImmediate } from 'node:timers/promises';
import { GossipNodes, type PreparedRun, type NodesStore } from '../../client/host/index.js';
import type { GossipChecks, NodesEffect, NodesEvent } from '../../client/index.js';
import { createExecutor } from '../../execution/host/index.js';
import { Slabs } from '../../gossip/index.js';
import type { Executor } from '../../execution/index.js';
import type { Federation } from '../../recipe/index.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { SimulatedNetwork } from './simulated-network.js';

/** A machine's memory and its one thread, which one process after another has. */
export interface NodeEnvironment {
  readonly executor: Executor;
  readonly slabs: Slabs;
}

export function nodeEnvironment(federation: Federation): NodeEnvironment {
  const executor = createExecutor(federation, { threads: 1 });
  const slabs = new Slabs(0, 1, (slab) => {
    executor.open(slab);
  });
  return { executor, slabs };
}

export class SimulatedNodes {
  readonly #nodes: GossipNodes;
  #lastTold = 0;

  /** @param tell told only while this process runs, as is `fail` */
  constructor(
    readonly network: SimulatedNetwork,
    readonly process: SimulatedProcess<string>,
    store: NodesStore,
    made: () => PreparedRun,
    readonly tell: (event: NodesEvent) => void,
    fail: (error: unknown) => void,
  ) {
    this.#nodes = new GossipNodes(
      made,
      store,
      process.bound((event) => {
        this.#later(event);
      }),
      process.bound(fail),
    );
  }

  do(effect: NodesEffect): void {
    this.#nodes.do(effect);
    this.network.await(this.#settled());
  }

  get checks(): GossipChecks {
    return this.#nodes;
  }

  /** The process has ended: what it was at is given up before another begins. */
  stop(): void {
    this.network.await(this.#nodes.close());
  }

  async #settled(): Promise<void> {
    while (!this.#nodes.isIdle) await setImmediate();
  }

  #later(event: NodesEvent): void {
    const { network } = this;
    this.#lastTold = Math.max(this.#lastTold, network.now + network.delay(network.rates.training));
    this.process.after(this.#lastTold - network.now, () => {
      this.tell(event);
    });
  }
}
