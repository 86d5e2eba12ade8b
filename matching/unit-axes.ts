/**
 * Where the units of a layer appear in a network's tensors: what permuting, growing, shrinking and comparing
 * units need to know of a layer, and all they need to know. One entry per layer kind; the rest is common.
 */
import { buildModel, type Layer, type LayerOf, type Model, type Tensor } from '../learning/index.js';

/** An axis of units: the tensor, row-major, seen as [before, units, after]. */
export interface UnitAxis {
  readonly tensor: Tensor;
  readonly before: number;
  readonly after: number;
}

/** The units of one layer. Those of a hidden layer may be permuted along all axes together without any effect. */
export interface UnitGroup {
  /** Which of the layers with units it is: layers without, such as pooling, are passed over. */
  readonly index: number;
  /** Index of the layer in the specification. */
  readonly layer: number;
  readonly units: number;
  /** In the layer's own tensors: what goes into a unit. */
  readonly own: readonly UnitAxis[];
  /**
   * In the layer's own tensors too, but of what goes from unit to unit; a tensor's axes in order. Comparisons leave
   * them out, since they depend on the order of the others.
   */
  readonly inner: readonly UnitAxis[];
  /** In the next layer's tensors: what comes out of a unit; empty for the last layer, whose units are classes. */
  readonly next: readonly UnitAxis[];
}

type FindTensor = (name: string) => Tensor;

/** What matching must know of a layer. */
interface LayerUnits {
  readonly units: number;
  readonly withUnits: (units: number) => Layer;
  readonly own: (tensor: FindTensor) => UnitAxis[];
  readonly inner?: (tensor: FindTensor) => UnitAxis[];
  /** The axes of the layer's input, whose units are those of the layer before. */
  readonly inputs: (tensor: FindTensor, units: number) => UnitAxis[];
}

const own = (tensor: FindTensor): UnitAxis[] => {
  const [kernel, bias] = [tensor('kernel'), tensor('bias')];
  return [
    { tensor: kernel, before: product(kernel.shape.slice(0, -1)), after: 1 },
    { tensor: bias, before: 1, after: 1 },
  ];
};

/** Its units are those of the layer before. */
const none = () => 'none' as const;

/** Kinds that are not here cannot be matched. */
const kinds: { readonly [Kind in Layer['kind']]?: (layer: LayerOf<Kind>) => LayerUnits | 'none' } = {
  dense: (layer) => ({
    units: layer.units,
    withUnits: (units) => ({ ...layer, units }),
    own,
    // Flattened channel-last maps: the unit (channel) is the last, fastest index of the input axis.
    inputs: (tensor, units) => {
      const kernel = tensor('kernel');
      return [{ tensor: kernel, before: kernel.shape[0] / units, after: kernel.shape[1] }];
    },
  }),
  conv2d: (layer) => ({
    units: layer.filters,
    withUnits: (filters) => ({ ...layer, filters }),
    own,
    inputs: (tensor) => {
      const kernel = tensor('kernel');
      const [height, width, , filters] = kernel.shape;
      return [{ tensor: kernel, before: height * width, after: filters }];
    },
  }),
  embedding: (layer) => ({
    units: layer.width,
    withUnits: (width) => ({ ...layer, width }),
    own: (tensor) => {
      const table = tensor('table');
      return [{ tensor: table, before: table.shape[0], after: 1 }];
    },
    inputs: () => [],
  }),
  lstm: (layer) => ({
    units: layer.units,
    withUnits: (units) => ({ ...layer, units }),
    // A unit's part of every gate.
    own: (tensor) => {
      const [kernel, bias] = [tensor('kernel'), tensor('bias')];
      return [
        { tensor: kernel, before: 4 * kernel.shape[0], after: 1 },
        { tensor: bias, before: 4, after: 1 },
      ];
    },
    inner: (tensor) => {
      const recurrent = tensor('recurrent');
      const [units, gates] = recurrent.shape;
      return [
        { tensor: recurrent, before: 1, after: gates },
        { tensor: recurrent, before: 4 * units, after: 1 },
      ];
    },
    inputs: (tensor) => {
      const kernel = tensor('kernel');
      return [{ tensor: kernel, before: 1, after: kernel.shape[1] }];
    },
  }),
  pool: none,
  'global-pool': none,
  flatten: none,
  activation: none,
};

/** Undefined where layers of the kind cannot be matched. */
const unitsOf = <Kind extends Layer['kind']>(layer: LayerOf<Kind>) => kinds[layer.kind]?.(layer);

/** Which layer of a model cannot be matched, as a sentence; undefined where all can be. */
export function unmatchable({ spec: { layers } }: Model): string | undefined {
  const index = layers.findIndex((layer) => unitsOf(layer) === undefined);
  if (index < 0) return undefined;
  const known = Object.keys(kinds).join(', ');
  return `layer ${index + 1} (${layers[index].kind}) cannot be matched; layers that can be are of kind ${known}`;
}

/** The layers with units, first to last. @throws Error that names the first layer whose kind cannot be matched */
function layersWithUnits(model: Model) {
  const complaint = unmatchable(model);
  if (complaint !== undefined) throw new Error(complaint);
  return model.layers.flatMap(({ layer: itself, name }, layer) => {
    const units = unitsOf(itself);
    if (units === undefined || units === 'none') return [];
    return [{ layer, ...units, tensor: (part: string) => tensorNamed(model, `${name}/${part}`) }];
  });
}

/**
 * The units of each layer that has any, first to last.
 * @throws Error that names the first layer whose kind cannot be matched
 */
export function unitGroups(model: Model): UnitGroup[] {
  const layers = layersWithUnits(model);
  return layers.map(({ layer, units, own: ownAxes, inner, tensor }, index) => {
    const following = layers.at(index + 1);
    const next = following?.inputs(following.tensor, units) ?? [];
    return { index, layer, units, own: ownAxes(tensor), inner: inner?.(tensor) ?? [], next };
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

/** How many units each layer with units has, the last one's classes included. */
export function widthsOf(model: Model): number[] {
  return layersWithUnits(model).map(({ units }) => units);
}

/** The same model with other numbers of units; as many layers as before. */
export function withWidths(model: Model, widths: readonly number[]): Model {
  const layers = [...model.spec.layers];
  for (const [index, { layer, withUnits }] of layersWithUnits(model).entries()) {
    layers[layer] = withUnits(widths[index]);
  }
  return buildModel({ ...model.spec, layers });
}

const product = (extents: readonly number[]) => extents.reduce((total, extent) => total * extent, 1);
