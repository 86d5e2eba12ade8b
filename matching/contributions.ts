/** What is merged at once: networks of one depth, perhaps with what their clients' examples are. */
import type { Layer, Model } from '../learning/index.js';
import type { Network } from './permute.js';
import { hiddenGroups, widthsOf } from './unit-axes.js';

export interface Contribution extends Network {
  /** How many examples of each class the network was trained on. */
  readonly classCounts?: ArrayLike<number>;
  /** How much it counts in averages, against the others' shares; 1 where it is left out. */
  readonly share?: number;
}

/** Several networks become one. */
export interface Merged extends Network {
  readonly report: {
    /** Units of each layer, classes included. */
    readonly widths: readonly number[];
    /** Of each hidden layer: its width by that of the widest network. */
    readonly growth: readonly number[];
  };
}

export function merged({ model, weights }: Network, from: readonly Network[]): Merged {
  const widths = widthsOf(model);
  const growth = widths.slice(0, -1).map((width, layer) => {
    return width / Math.max(...from.map((network) => widthsOf(network.model)[layer]));
  });
  return { model, weights, report: { widths, growth } };
}

/**
 * Refuses networks whose units cannot be compared.
 * @param equalWidths the method's name, where it also needs equal widths
 * @throws Error with a sentence that says which network and which layer
 */
export function checkContributions(networks: readonly Network[], equalWidths?: string): void {
  if (networks.length === 0) throw new Error('there are no networks to merge');
  const [first] = networks;
  hiddenGroups(first.model);
  networks.forEach((network, index) => {
    if (network.weights.length !== network.model.manifest.length) {
      throw new Error(
        `network ${index} has ${network.weights.length} weights, its model ${network.model.manifest.length}`,
      );
    }
    checkSpec(first.model, network.model, index);
    if (equalWidths === undefined) return;
    const [wanted, given] = [widthsOf(first.model), widthsOf(network.model)];
    const layer = wanted.findIndex((width, position) => width !== given[position]);
    if (layer >= 0) {
      throw new Error(
        `${equalWidths} needs equal widths, but layer ${layer + 1} has ${wanted[layer]} units in network 0 and ` +
          `${given[layer]} in network ${index}; matched averaging and transport take unequal widths`,
      );
    }
  });
}

function checkSpec(firstModel: Model, model: Model, index: number): void {
  const [{ spec: first }, { spec }] = [firstModel, model];
  if (first.input.join() !== spec.input.join()) {
    throw new Error(
      `network ${index} takes inputs of shape [${spec.input.join(', ')}], network 0 of [${first.input.join(', ')}]`,
    );
  }
  if (first.layers.length !== spec.layers.length) {
    throw new Error(
      `network ${index} has ${spec.layers.length} layers, network 0 has ${first.layers.length}; ` +
        'only networks of one depth can be matched',
    );
  }
  const descriptions = spec.layers.map(description);
  const wanted = first.layers.map(description);
  const other = descriptions.findIndex((layer, position) => layer !== wanted[position]);
  if (other >= 0) {
    throw new Error(
      `layer ${other + 1} is ${wanted[other]} in network 0 and ${descriptions[other]} in network ${index}`,
    );
  }
  const [classes, classesOfFirst] = [widthsOf(model).at(-1), widthsOf(firstModel).at(-1)];
  if (classes !== classesOfFirst) {
    throw new Error(`network ${index} tells ${classes ?? 0} classes apart, network 0 ${classesOfFirst ?? 0}`);
  }
}

/** A layer without its units, in words: "dense (activation relu)". */
function description(layer: Layer): string {
  const fields = Object.entries(layer).filter(([name]) => !['kind', 'units', 'filters'].includes(name));
  const words = fields.map(([name, value]) => `${name} ${JSON.stringify(value).replaceAll('"', '')}`);
  return words.length > 0 ? `${layer.kind} (${words.join(', ')})` : layer.kind;
}

/**
 * p_jk = n_jk / Σ_j n_jk: each network's share of the examples of each class, equal shares for a class that
 * nobody has. Where no network has class counts, all shares are equal.
 * @throws Error where only some networks have class counts, or one has no examples
 */
export function classShares(contributions: readonly Contribution[]): Float64Array[] {
  const classes = widthsOf(contributions[0].model).at(-1) ?? 0;
  const without = contributions.findIndex(({ classCounts }) => classCounts === undefined);
  const none = contributions.every(({ classCounts }) => classCounts === undefined);
  const counts = contributions.map(({ classCounts }, index) => {
    if (classCounts === undefined && !none) {
      throw new Error(`network ${without} has no class counts, others have; give them for all or for none`);
    }
    const own = Float64Array.from({ length: classes }, (_, k) => classCounts?.[k] ?? 0);
    if (!none && !(own.every((count) => count >= 0) && own.some((count) => count > 0))) {
      throw new Error(
        `network ${index} has no examples (its class counts are [${own.join(', ')}]); leave it out of the matching`,
      );
    }
    return own;
  });
  const totals = Float64Array.from({ length: classes }, (_, k) =>
    counts.reduce((sum, own) => sum + own[k], 0),
  );
  return counts.map((own) => own.map((count, k) => (totals[k] > 0 ? count / totals[k] : 1 / counts.length)));
}
