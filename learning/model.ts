/** Model specifications: a list of layers over an input shape, and the manifest that follows from it. */
import { stream, type StreamName } from '../numerics/index.js';
import { shapeLayer, type Layer } from './layers/index.js';
import { fillInitially, type Initial, type NewTensor } from './layers/kind.js';
import { array, describeShape, sizeOf, type Shape } from './layers/shape.js';
import type { Loss, Teacher } from './loss.js';
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
  /** Left out, cross-entropy. */
  readonly loss?: Loss;
}

/** A layer at its place in a model. */
export interface PlacedLayer<Kind = Layer> {
  readonly layer: Kind;
  /** What its tensors' names begin with: `dense1`. */
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  /** The layers of a residual, and those of its shortcut. */
  readonly branches?: { readonly inside: readonly PlacedLayer[]; readonly around: readonly PlacedLayer[] };
}

/** Plain data. */
export interface Model {
  readonly spec: ModelSpec;
  readonly manifest: Manifest;
  readonly layers: readonly PlacedLayer[];
  /** How each tensor of the manifest begins. */
  readonly initials: readonly Initial[];
  /** Whom it learns from, where its loss is distillation. */
  readonly teacher?: Teacher;
}

/**
 * The model of a specification.
 * @throws RangeError that names the layer that cannot take what comes in
 */
export function buildModel(spec: ModelSpec, teacher?: Teacher): Model {
  const { placed, tensors } = placeLayers(spec.layers, array(...spec.input), '');
  if (teacher) checkTeacher(spec, placed, teacher);
  return {
    spec,
    layers: placed,
    manifest: layOut(tensors.map(({ name, shape, role }) => ({ name, shape, role }))),
    initials: tensors.map(({ initial }) => initial),
    ...(teacher && { teacher }),
  };
}

/** @throws RangeError where a teacher takes other inputs, or gives other logits */
function checkTeacher(spec: ModelSpec, placed: readonly PlacedLayer[], { model }: Teacher): void {
  const pairs = [
    [array(...model.spec.input), array(...spec.input), 'takes'],
    [model.layers.at(-1)?.output, placed.at(-1)?.output, 'gives'],
  ] as const;
  for (const [its, own, does] of pairs) {
    if (its === undefined || own === undefined || JSON.stringify(its) === JSON.stringify(own)) continue;
    throw new RangeError(`its teacher ${does} ${describeShape(its)}, it ${does} ${describeShape(own)}`);
  }
}

interface Placed {
  readonly placed: readonly PlacedLayer[];
  readonly tensors: readonly NewTensor[];
  readonly output: Shape;
}

/** @param path what names begin with, where the layers are within another */
function placeLayers(layers: readonly Layer[], input: Shape, path: string): Placed {
  const placed: PlacedLayer[] = [];
  const tensors: NewTensor[] = [];
  let output = input;
  for (const [index, layer] of layers.entries()) {
    try {
      if (layer.kind === 'embedding' && (index > 0 || path !== '')) {
        throw new RangeError('it must be the first layer, since it takes tokens');
      }
      const one = placeLayer(layer, output, `${path}${layer.kind}${index + 1}`);
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
  if (layer.kind !== 'residual') {
    const { output, tensors } = shapeLayer(layer, input);
    return {
      placed: { layer, name, input, output },
      tensors: tensors.map((tensor) => ({ ...tensor, name: `${name}/${tensor.name}` })),
    };
  }
  const inside = placeLayers(layer.layers, input, `${name}/`);
  const around = placeLayers(layer.shortcut ?? [], input, `${name}/shortcut-`);
  const { output } = inside;
  if (JSON.stringify(output) !== JSON.stringify(around.output)) {
    throw new RangeError(
      `its layers give ${describeShape(output)}, what goes around them ${describeShape(around.output)}; both must be the same`,
    );
  }
  return {
    placed: { layer, name, input, output, branches: { inside: inside.placed, around: around.placed } },
    tensors: [...inside.tensors, ...around.tensors],
  };
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
    if (first.layer.kind !== 'embedding' || sizeOf(first.input) !== output.length) {
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
