/**
 * Where the units of a layer appear in a network's tensors: what permuting, growing, shrinking and comparing
 * units need to know of a layer, and all they need to know. One entry per layer kind; the rest is common.
 */
import { buildModel, type Layer, type Model, type Tensor } from '../learning/index.js';

/** An axis of units: the tensor, row-major, seen as [before, units, after]. */
export interface UnitAxis {
  readonly tensor: Tensor;
  readonly before: number;
  readonly after: number;
}

/** The units of one layer. Those of a hidden layer may be permuted along all axes together without any effect. */
export interface UnitGroup {
  /** Index of the layer in the specification. */
  readonly layer: number;
  readonly units: number;
  /** In the layer's own tensors: what goes into a unit. */
  readonly own: readonly UnitAxis[];
  /** In the next layer's tensors: what comes out of a unit; empty for the last layer, whose units are classes. */
  readonly next: readonly UnitAxis[];
}

type FindTensor = (name: string) => Tensor;

/** What matching must know of a layer kind. */
interface UnitAxesOfKind {
  own(tensor: FindTensor): UnitAxis[];
  /** The axes of the layer's input, whose units are those of the layer before. */
  inputs(tensor: FindTensor, units: number): UnitAxis[];
}

/** Kinds that are not here cannot be matched. */
const kinds: { readonly [Kind in Layer['kind']]?: UnitAxesOfKind } = {
  dense: {
    own: (tensor) => {
      const [kernel, bias] = [tensor('kernel'), tensor('bias')];
      return [
        { tensor: kernel, before: kernel.shape[0], after: 1 },
        { tensor: bias, before: 1, after: 1 },
      ];
    },
    // Flattened channel-last maps: the unit (channel) is the last, fastest index of the input axis.
    inputs: (tensor, units) => {
      const kernel = tensor('kernel');
      return [{ tensor: kernel, before: kernel.shape[0] / units, after: kernel.shape[1] }];
    },
  },
};

/** Which layer of a model cannot be matched, as a sentence; undefined where all can be. */
export function unmatchable({ spec: { layers } }: Model): string | undefined {
  const index = layers.findIndex(({ kind }) => kinds[kind] === undefined);
  if (index < 0) return undefined;
  const known = Object.keys(kinds).join(', ');
  return `layer ${index + 1} (${layers[index].kind}) cannot be matched; layers that can be are of kind ${known}`;
}

/**
 * The units of each layer, first to last.
 * @throws Error that names the first layer whose kind cannot be matched
 */
export function unitGroups(model: Model): UnitGroup[] {
  const layers = model.spec.layers.map((layer, index) => {
    const axes = kinds[layer.kind];
    if (axes === undefined) throw new Error(unmatchable(model));
    const tensor = (name: string) => tensorNamed(model, `${layer.kind}${index + 1}/${name}`);
    return { units: layer.units, axes, tensor };
  });
  return layers.map(({ units, axes, tensor }, layer) => {
    const following = layers.at(layer + 1);
    const next = following?.axes.inputs(following.tensor, units) ?? [];
    return { layer, units, own: axes.own(tensor), next };
  });
}

/** The units of the layers before the last. */
export function hiddenGroups(model: Model): UnitGroup[] {
  return unitGroups(model).slice(0, -1);
}

function tensorNamed({ manifest }: Model, name: string): Tensor {
  const tensor = manifest.tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined) throw new Error(`the model has no tensor '${name}'`);
  return tensor;
}

/** How many units each layer has, the last one's classes included. */
export function widthsOf({ spec }: Model): number[] {
  return spec.layers.map(({ units }) => units);
}

/** The same model with other numbers of units; as many layers as before. */
export function withWidths({ spec }: Model, widths: readonly number[]): Model {
  return buildModel({
    ...spec,
    layers: spec.layers.map((layer, index) => ({ ...layer, units: widths[index] })),
  });
}
