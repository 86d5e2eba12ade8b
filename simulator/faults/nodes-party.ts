/**
 * Hosts a worker's gossip nodes in the world of faults. Their arithmetic takes no time, but what they tell does; it
 * comes in its order.
 */
import { setImmediate } from 'node:timers/promises';
import {
  GossipNodes,
  type GossipChecks,
  type Made,
  type NodesEffect,
  type NodesEvent,
  type NodesStore,
} from '../../client/index.js';
import { createExecutor, Slabs, type Executor } from '../../hosting/index.js';
import type { Federation } from '../../recipe/index.js';
import type { Process } from './process.js';
import type { World } from './world.js';

/** A machine's memory and its one thread, which one process after another has. */
export interface Bench {
  readonly executor: Executor;
  readonly slabs: Slabs;
}

export function benchFor(federation: Federation): Bench {
  const executor = createExecutor(federation, { threads: 1 });
  const slabs = new Slabs(0, 1, (slab) => {
    executor.open(slab);
  });
  return { executor, slabs };
}

export class NodesParty {
  readonly #nodes: GossipNodes;
  #lastTold = 0;

  /** @param tell told only while this process runs, as is `fail` */
  constructor(
    readonly world: World,
    readonly process: Process<string>,
    store: NodesStore,
    made: () => Made,
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
    this.world.await(this.#settled());
  }

  get checks(): GossipChecks {
    return this.#nodes;
  }

  /** The process has ended: what it was at is given up before another begins. */
  stop(): void {
    this.world.await(this.#nodes.close());
  }

  async #settled(): Promise<void> {
    while (!this.#nodes.isIdle) await setImmediate();
  }

  #later(event: NodesEvent): void {
    const { world } = this;
    this.#lastTold = Math.max(this.#lastTold, world.now + world.delay(world.weather.training));
    this.process.after(this.#lastTold - world.now, () => {
      this.tell(event);
    });
  }
}
