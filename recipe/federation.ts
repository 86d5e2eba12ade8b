/** What a recipe resolves to, and the part of it that threads share. */
import type { Algorithm, Community } from '../algorithms/index.js';
import type { Augmentation, Dataset, Partition, Shard, SharedPartition, Skew } from '../data/index.js';
import type { Model, Objective } from '../learning/index.js';
import type { Codec } from '../protocol/index.js';
import type { Choice } from '../registry/index.js';
import type { MixingMatrix, Topology } from '../topologies/index.js';
import type { Behaviour } from './behaviour.js';
import type { RecipeFiles } from './files.js';
import type { Recipe } from './recipe.js';

/** The resolved recipe: dataset, partition, model, algorithm and topology. The engine is created separately, per thread. */
export interface Federation {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** Who trains on what; without the validation part. */
  readonly partition: Partition;
  readonly validation: Uint32Array | undefined;
  /** The content of the files that the recipe names besides its data, as it was when the federation was built. */
  readonly files: RecipeFiles;
  /** SHA-256 of every file that the run depends on: of the data by the file's name, of others by the field that names it. */
  readonly checksums: Readonly<Record<string, string>>;
  /** The weights that everybody starts from, where they were sent and not made here. */
  readonly initial?: Float32Array | undefined;
  readonly model: Model;
  readonly objective: Objective;
  readonly algorithm: Algorithm;
  readonly behaviour: Behaviour;
  /** How training inputs change from epoch to epoch, where the recipe says so. */
  readonly augment: Augmentation | undefined;
  /** The encoding of vectors between coordinator, clients and nodes. */
  readonly codec: Codec;
  /** Who exchanges with whom and the mixing matrix of a round, where the algorithm is a gossip algorithm. */
  readonly network:
    | {
        readonly topology: Topology;
        readonly mixing: (round: number) => MixingMatrix;
        /** Which mixing matrix that is: the recipe's, or what the algorithm uses where the recipe names none. */
        readonly mixingChoice: Choice;
        readonly community: Community;
      }
    | undefined;
  /** How different the clients' data are; measured when it is first asked for. */
  skew(): Skew;
  /** A client's training examples. */
  shard(client: number): Shard;
  /** The test set, or the validation part of the training set. */
  heldOut(on: 'test' | 'validation'): Shard;
}

/** What another thread needs to make the same federation: arrays are shared, not copied. */
export interface SharedFederation {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly partition: SharedPartition;
  readonly validation: Uint32Array | undefined;
  readonly files: RecipeFiles;
  readonly checksums: Readonly<Record<string, string>>;
  readonly initial?: Float32Array | undefined;
}
