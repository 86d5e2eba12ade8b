/** Model specifications: a list of layers over an input shape, and the manifest that follows from it. */
import { stream, type StreamName } from '../numerics/index.js';
import { branchesOf, shapeLayer, type Layer } from './layers/index.js';
import {
  fillInitially,
  type Branches,
  type Initial,
  type LayerTraits,
  type NewTensor,
} from './layers/kind.js';
import { array, describeShape, sizeOf, type Shape } from './layers/shape.js';
import { layOut, view, type Manifest } from './manifest.js';

/**
 * A network for classification: the last layer gives one logit a class. Where it
 * gives a sequence of logits, these predict at each position the token that follows: the input's next one, and at
 * the last position the example's label. Losses and hits are then counted by token.
 */
export interface ModelSpec {
  /** The shape of one example's input, e.g. [28, 28, 1]. */
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
}

/** A layer at its place in a model. */
export interface PlacedLayer<Kind = Layer> {
  readonly layer: Kind;
  /** What its tensors' names begin with: `dense1`. */
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly traits: LayerTraits;
  readonly branches?: Branches<readonly PlacedLayer[]>;
}

/** Plain data. */
export interface Model {
  readonly spec: ModelSpec;
  readonly manifest: Manifest;
  readonly layers: readonly PlacedLayer[];
  /** How each tensor of the manifest begins. */
  readonly initials: readonly Initial[];
}

/**
 * The model of a specification.
 * @throws RangeError that names the layer that cannot take what comes in
 */
export function buildModel(spec: ModelSpec): Model {
  const { placed, tensors } = placeLayers(spec.layers, array(...spec.input), '');
  return {
    spec,
    layers: placed,
    manifest: layOut(tensors.map(({ name, shape, role }) => ({ name, shape, role }))),
    initials: tensors.map(({ initial }) => initial),
  };
}

/** Layers one after another, with their tensors. */
interface Chain {
  readonly placed: readonly PlacedLayer[];
  readonly tensors: readonly NewTensor[];
  readonly output: Shape;
}

/** @param path the prefix of names, for layers inside another */
function placeLayers(layers: readonly Layer[], input: Shape, path: string): Chain {
  const placed: PlacedLayer[] = [];
  const tensors: NewTensor[] = [];
  let output = input;
  for (const [index, layer] of layers.entries()) {
    try {
      const one = placeLayer(layer, output, `${path}${layer.kind}${index + 1}`);
      if (one.placed.traits.vocabulary !== undefined && (index > 0 || path !== '')) {
        throw new RangeError('it must be the first layer, since it takes tokens');
      }
      placed.push(one.placed);
      tensors.push(...one.tensors);
      output = one.placed.output;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`layer ${index + 1} (${layer.kind}): ${error.message}`, { cause: error });
    }
  }
  return { placed, tensors, output };
}

function placeLayer(
  layer: Layer,
  input: Shape,
  name: string,
): { placed: PlacedLayer; tensors: readonly NewTensor[] } {
  const layers = branchesOf(layer);
  const chains = layers && {
    inside: placeLayers(layers.inside, input, `${name}/`),
    around: placeLayers(layers.around, input, `${name}/shortcut-`),
  };
  const outputs = chains && { inside: chains.inside.output, around: chains.around.output };
  const { output, tensors, traits = {} } = shapeLayer(layer, input, outputs);
  return {
    placed: {
      ...{ layer, name, input, output, traits },
      ...(chains && { branches: { inside: chains.inside.placed, around: chains.around.placed } }),
    },
    tensors: [
      ...tensors.map((tensor) => ({ ...tensor, name: `${name}/${tensor.name}` })),
      ...(chains ? [...chains.inside.tensors, ...chains.around.tensors] : []),
    ],
  };
}

/** The first layer with a trait, also inside other layers. */
export function layerWith(trait: keyof LayerTraits, layers: readonly PlacedLayer[]): PlacedLayer | undefined {
  for (const placed of layers) {
    if (placed.traits[trait] !== undefined) return placed;
    const { inside = [], around = [] } = placed.branches ?? {};
    const found = layerWith(trait, inside) ?? layerWith(trait, around);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How many classes a model tells apart. @throws RangeError where its last layer does not give logits */
export function classesOf({ layers }: Model): number {
  const last = layers.at(-1);
  if (last === undefined) throw new RangeError('the model has no layers');
  const { layer, output } = last;
  if ('activation' in layer && layer.activation !== 'none') {
    throw new RangeError(
      `the last layer gives logits and needs activation 'none', not '${layer.activation}'`,
    );
  }
  if (output.kind === 'sequence') {
    const [first] = layers;
    if (first.traits.vocabulary === undefined || sizeOf(first.input) !== output.length) {
      throw new RangeError(
        `the last layer (${layer.kind}) gives ${describeShape(output)}, which predicts tokens; the first must be an embedding of as many`,
      );
    }
    return output.width;
  }
  if (output.extents.length !== 1) {
    throw new RangeError(
      `the last layer (${layer.kind}) gives ${describeShape(output)}; it needs one logit a class`,
    );
  }
  return output.extents[0];
}

/**
 * Initial weights: Glorot's uniform distribution for what multiplies, zero biases; see each kind of layer. Each
 * tensor draws from a stream of its own, so layers do not depend on each other, and `name` gives every node its
 * own weights where it is wanted.
 */
export function initialWeights(model: Model, seed: number, name: StreamName = []): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.manifest.length);
  for (const [index, tensor] of model.manifest.tensors.entries()) {
    const draw = stream(seed, 'init', ...name, tensor.name);
    fillInitially(view(values, tensor), model.initials[index], draw);
  }
  return values;
}

/** How many predictions a model makes for an example: one, or one at each position of a sequence. */
export const positionsOf = ({ layers }: Model): number => {
  const output = layers.at(-1)?.output;
  return output?.kind === 'sequence' ? output.length : 1;
};
