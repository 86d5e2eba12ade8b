/** Whether every node of a gossip run has a worker that is here, and to which of the rounds that these have kept all can return. */
import type { ConnectionManager } from '../connection-manager.js';
import type { RegisteredWorker } from '../worker-registry.js';

/** The largest epoch that a coordinator which was started again takes a worker's word for. */
const MOST_EPOCHS = 2 ** 40;

export class CheckpointQuorum {
  /** Of each worker, the rounds that its nodes can return to besides the start. */
  readonly #kept = new Map<string, Set<number>>();

  /** @param nodes how many there are */
  constructor(
    readonly nodes: number,
    readonly connections: ConnectionManager,
  ) {}

  /**
   * Why a worker cannot be in an epoch; nothing where it can.
   * @param present the coordinator's; a later one is of a coordinator before it, which began it
   */
  refusalOf(epoch: number, present: number, hasBegun: boolean): string | undefined {
    if (epoch <= present || (!hasBegun && epoch <= MOST_EPOCHS)) return undefined;
    return `epoch of a hello is ${epoch}; epoch ${present} is the latest`;
  }

  /** A worker is here, and has said which rounds it has kept. */
  comes({ worker }: RegisteredWorker, checkpoints: readonly number[]): void {
    this.#kept.set(worker, new Set(checkpoints));
  }

  keeps({ worker }: RegisteredWorker, round: number): void {
    this.#kept.get(worker)?.add(round);
  }

  /**
   * The last round, up to a bound, that all have kept; later ones are dropped. 0 is the start.
   * @returns nothing while some node has no worker that is here
   */
  returnTo(most: number): number | undefined {
    const members = this.connections.members.taking;
    const nodes = members.reduce((sum, { clients }) => sum + clients.length, 0);
    const isHere = members.every(({ worker }) => this.connections.presentOf(worker) !== undefined);
    if (nodes < this.nodes || !isHere) return undefined;
    const [first, ...others] = members.map(({ worker }) => this.#kept.get(worker) ?? new Set<number>());
    const common = [...first].filter((round) => round <= most && others.every((kept) => kept.has(round)));
    const latest = Math.max(0, ...common);
    for (const kept of this.#kept.values()) {
      for (const round of kept) if (round > latest) kept.delete(round);
    }
    return latest;
  }
}
