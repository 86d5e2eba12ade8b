/** The memory that a population of models takes, told before a run and refused where it is more than there is. */
import { totalmem } from 'node:os';
import type { GossipAlgorithm } from '../../algorithms/index.js';
import { momentNames, optimizerSchema } from '../../learning/index.js';
import type { Choice } from '../../registry/index.js';
import { RecipeError, type Federation } from '../../recipe/index.js';
import { viewer } from './views.js';

export interface GossipMemory {
  readonly bytes: number;
  /** "50 nodes × (2 vectors + 8 waiting messages) of 0.8 MB: 0.4 GiB" */
  readonly account: string;
  readonly isCheckpointed: boolean;
}

const GIB = 2 ** 30;
/** Larger populations are not checkpointed: writing them would take longer than what it saves. */
const LARGEST_CHECKPOINT = GIB;

/**
 * nodes × 4d × (1 + the algorithm's vectors + the optimizer's moments + messages that wait at a node), in bytes. Messages on
 * their way through slow links come on top.
 */
export function gossipMemory(federation: Federation, algorithm: GossipAlgorithm): GossipMemory {
  const { model, partition, recipe } = federation;
  const vectors = 1 + (algorithm.vectors?.length ?? 0) + moments(recipe.algorithm);
  const waiting = waitingMessages(federation, algorithm);
  const size = 4 * model.manifest.length;
  const bytes = partition.clients * size * (vectors + waiting);
  const parts = [counted(vectors, 'vector'), ...(waiting > 0 ? [counted(waiting, 'waiting message')] : [])];
  return {
    bytes,
    isCheckpointed: bytes <= LARGEST_CHECKPOINT,
    account: `${partition.clients.toLocaleString('en')} nodes × (${parts.join(' + ')}) of ${(size / 1e6).toPrecision(2)} MB: ${(bytes / GIB).toPrecision(2)} GiB`,
  };
}

const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** @throws RecipeError where the machine has not that much memory */
export function refuseTooMuchMemory({ bytes, account }: GossipMemory): void {
  const there = totalmem();
  if (bytes < 0.9 * there) return;
  throw new RecipeError(
    `this population does not fit into memory: ${account}, and the machine has ${(there / GIB).toPrecision(2)} GiB. Take fewer nodes, a smaller model or a sparser topology`,
  );
}

/** Messages that wait at a node until it hands them over, where it waits for several. */
function waitingMessages(federation: Federation, { expects }: GossipAlgorithm): number {
  if (expects.kind === 'each') return 0;
  const view = viewer(federation)(0, 0);
  return expects.kind === 'count'
    ? expects.count(view)
    : (expects.messages ?? 1) * (expects.from?.(view) ?? view.in).length;
}

/** The vectors that the algorithm's optimizer keeps at every node. */
function moments({ optimizer }: Choice): number {
  const parsed = optimizerSchema.safeParse(optimizer);
  return parsed.success ? momentNames(parsed.data).length : 0;
}
