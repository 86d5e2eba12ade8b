/** A model as a network of TensorFlow.js's, with the place of each of its variables among our weights. */
import type { Tensor as TfTensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { view, type Tensor } from '../../manifest.js';
import { classesOf, type Model } from '../../model.js';
import { buildLayer } from './layers/index.js';
import type { BuildContext } from './layers/kind.js';
import type { TensorFlow } from './tensor-flow.js';

export interface Parameter {
  readonly tensor: Tensor;
  readonly variable: Variable;
  /** Index of its layer in the specification. */
  readonly layer: number;
  /** Whether gradients are taken by it; running statistics are changed by forward passes instead. */
  readonly trainable: boolean;
}

export interface TfNetwork {
  readonly parameters: readonly Parameter[];
  /** What chance drops in the passes that follow: nothing where there is none. */
  readonly chance: BuildContext['chance'];
  /** Logits of a batch, one row after another, of a sequence a row for each position. */
  logits(inputs: TfTensor, training: boolean): TfTensor;
  /** Sets the variables of these parameters from weights in our order. */
  write(weights: Float32Array, parameters?: readonly Parameter[]): void;
  /** Copies these parameters' variables into weights in our order. */
  read(weights: Float32Array, parameters: readonly Parameter[]): void;
  dispose(): void;
}

/** So many networks are kept in memory; FedMA's clients have one of their own each. */
const KEPT = 4;

/** Builds networks, and remembers the last few. */
export function networks(tensorFlow: TensorFlow): (model: Model) => TfNetwork {
  const known = new Map<string, TfNetwork>();
  return (model) => {
    tensorFlow.select();
    const key = JSON.stringify(model.spec);
    const found = known.get(key) ?? build(tensorFlow, model);
    known.delete(key);
    known.set(key, found);
    for (const [oldest, network] of known) {
      if (known.size <= KEPT) break;
      known.delete(oldest);
      network.dispose();
    }
    return found;
  };
}

function build(tensorFlow: TensorFlow, model: Model): TfNetwork {
  const { tf, layers } = tensorFlow;
  const input = layers.input({ shape: [...model.spec.input] });
  let output: SymbolicTensor = input;
  const parameters: Parameter[] = [];
  const chance: BuildContext['chance'] = { ofStep: undefined };
  const isVariable = (tensor: TfTensor): tensor is Variable => tensor instanceof tf.Variable;
  for (const [layer, placed] of model.layers.entries()) {
    const built = buildLayer({ ...tensorFlow, chance }, placed, output);
    output = built.output;
    const tensors = model.manifest.tensors.filter(({ name }) => name.startsWith(`${placed.name}/`));
    for (const [index, tensor] of tensors.entries()) {
      const { trainable } = built.variables[index];
      const variable = built.variables[index].read();
      if (!isVariable(variable)) throw new TypeError(`${tensor.name} is not a variable`);
      parameters.push({ tensor, variable, layer, trainable });
    }
  }
  const network: LayersModel = layers.model({ inputs: input, outputs: output });
  return {
    ...{ parameters, chance },
    logits: (inputs, training) =>
      tf.reshape(network.apply(inputs, { training }) as TfTensor, [-1, classesOf(model)]),
    write(weights, chosen = parameters) {
      tf.tidy(() => {
        for (const { tensor, variable } of chosen) {
          variable.assign(tf.tensor(view(weights, tensor).slice(), variable.shape));
        }
      });
    },
    read(weights, chosen) {
      for (const { tensor, variable } of chosen) view(weights, tensor).set(variable.dataSync());
    },
    dispose: () => void network.dispose(),
  };
}
