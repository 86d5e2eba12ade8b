/** The memory that a population of models takes, told before a run and refused where it is more than there is. */
import type { Effect, GossipAlgorithm, View } from '../algorithms/index.js';
import { momentNames, optimizerSchema } from '../learning/index.js';
import { partLength } from '../merging/index.js';
import type { Choice } from '../registry/index.js';
import { RecipeError, type Federation } from '../recipe/index.js';
import { changedBy } from './effects.js';
import { takesSnapshots } from './snapshots.js';
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
 * nodes × 4d × (1 + the algorithm's vectors + the optimizer's moments + a snapshot that is evaluated + what a node's messages carry while they wait to be merged),
 * in bytes. Messages on their way through slow links come on top.
 */
export function gossipMemory(
  federation: Federation,
  algorithm: GossipAlgorithm,
  nodes = federation.partition.clients,
): GossipMemory {
  const { model, recipe, codec } = federation;
  const snapshots = takesSnapshots(recipe, algorithm) ? 1 : 0;
  const vectors = 1 + (algorithm.vectors?.length ?? 0) + moments(recipe.algorithm) + snapshots;
  const size = 4 * model.manifest.length;
  // What waits is encoded.
  const waiting = (waitingVectors(federation, algorithm) * codec.bytes(model.manifest.length)) / size;
  const bytes = nodes * size * (vectors + waiting);
  const parts = [
    counted(vectors, 'vector'),
    ...(waiting > 0 ? [`${Number(waiting.toFixed(1))} in messages that wait`] : []),
  ];
  return {
    bytes,
    isCheckpointed: bytes <= LARGEST_CHECKPOINT,
    account: `${nodes.toLocaleString('en')} nodes × (${parts.join(' + ')}) of ${(size / 1e6).toPrecision(2)} MB: ${(bytes / GIB).toPrecision(2)} GiB`,
  };
}

const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/**
 * @param available the machine's memory, in bytes
 * @throws RecipeError if the population needs more
 */
export function refuseTooMuchMemory({ bytes, account }: GossipMemory, available: number): void {
  if (bytes < 0.9 * available) return;
  throw new RecipeError(
    `this population does not fit into memory: ${account}, and the machine has ${(available / GIB).toPrecision(2)} GiB. Take fewer nodes, a smaller model or a sparser topology`,
  );
}

/** Nodes that the account asks: topologies may give each other neighbours. */
const ASKED = 16;

/** Vectors, of a model's size, in messages that wait until they are handed over with others; for each node. */
function waitingVectors(federation: Federation, { expects, ...algorithm }: GossipAlgorithm): number {
  if (expects.kind === 'each') return 0;
  const { clients } = federation.partition;
  const viewOf = viewer(federation);
  const asked = Array.from({ length: Math.min(ASKED, clients) }, (_, i) =>
    viewOf(Math.floor((i * clients) / Math.min(ASKED, clients)), 0),
  );
  const sent = asked.map((view) => sentBy(algorithm.wake(algorithm.start(view), view).effects, view));
  const messages = sum(sent.map((one) => one.messages));
  const expected = asked.map((view) =>
    expects.kind === 'count'
      ? expects.count(view)
      : (expects.messages ?? 1) * (expects.from?.(view) ?? view.in).length,
  );
  const vectorsPerMessage = messages === 0 ? 1 : sum(sent.map((one) => one.vectors)) / messages;
  return (sum(expected) / asked.length) * vectorsPerMessage;
}

/** How many messages, and vectors of a model's size: what is sent to many before it changes counts once. */
function sentBy(effects: readonly Effect[], view: View): { messages: number; vectors: number } {
  const { length } = view.model.manifest;
  const shared = new Set<string>();
  let [messages, vectors] = [0, 0];
  for (const effect of effects) {
    if (effect.kind !== 'send') {
      for (const name of changedBy(effect, view.model)) shared.delete(name);
      continue;
    }
    messages++;
    for (const name of effect.vectors) {
      if (effect.part) vectors += partLength(effect.part) / length;
      else if (!shared.has(name)) {
        shared.add(name);
        vectors++;
      }
    }
  }
  return { messages, vectors };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The vectors that the algorithm's optimizer keeps at every node. */
function moments({ optimizer }: Choice): number {
  const parsed = optimizerSchema.safeParse(optimizer);
  return parsed.success ? momentNames(parsed.data).length : 0;
}
