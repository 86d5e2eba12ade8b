/** The planners of all kinds of layers. */
import type { Layer, LayerOf } from '../../layers/index.js';
import { foreignLayer, type KerasLayer } from '../../layers/keras.js';
import type { Tensor } from '../../manifest.js';
import { array, imageOf, type Shape } from '../../layers/shape.js';
import type { Model, PlacedLayer } from '../../model.js';
import type { Draft, Planner, PlanLayers } from '../operator.js';
import { layout, type Layout } from '../slots.js';
import { planActivation } from './activation.js';
import { planAttention } from './attention.js';
import { planConv2d, unpaddedInput } from './conv2d.js';
import { flatInput, planDense } from './dense.js';
import { planDropout } from './dropout.js';
import { planEmbedding } from './embedding.js';
import { planLstm } from './lstm.js';
import { planBatchNorm, planGroupNorm, planLayerNorm } from './norm.js';
import { planGlobalPool, planPool } from './pool.js';
import { planPositional } from './positional.js';
import { planResidual } from './residual.js';

const refuseKeras: Planner<KerasLayer> = ({ layer }) => {
  throw new RangeError(foreignLayer(layer));
};

const planners: { readonly [Kind in Layer['kind']]: Planner<LayerOf<Kind>> } = {
  dense: planDense,
  conv2d: planConv2d,
  pool: planPool,
  'global-pool': planGlobalPool,
  // The same numbers in the same order.
  flatten: () => [],
  activation: planActivation,
  keras: refuseKeras,
  embedding: planEmbedding,
  lstm: planLstm,
  'layer-norm': planLayerNorm,
  'group-norm': planGroupNorm,
  'batch-norm': planBatchNorm,
  dropout: planDropout,
  positional: planPositional,
  attention: planAttention,
  residual: planResidual,
};

const planLayer = <Kind extends Layer['kind']>(
  placed: PlacedLayer<LayerOf<Kind>>,
  input: Layout,
  tensor: (name: string) => Tensor,
): readonly Draft[] => planners[placed.layer.kind](placed, input, tensor, planLayers);

export const planLayers: PlanLayers = (layers, input, tensorOf) => {
  let below = input;
  return layers.flatMap((placed, layer) => {
    const drafts = planLayer(placed, below, (part) => tensorOf(`${placed.name}/${part}`));
    below = drafts.at(-1)?.output ?? below;
    return drafts.map((draft) => ({ layer, draft }));
  });
};

/** Layouts of the model's inputs that differ from an image with padded channels. */
const inputLayouts: { readonly [Kind in Layer['kind']]?: (input: Shape) => Layout } = {
  dense: flatInput,
  conv2d: unpaddedInput,
};

/** The layout of a model's inputs: chosen by the first layer that does more than reshape them. */
export function inputLayout({ spec, layers }: Model): Layout {
  const first = layers.find(({ traits }) => !traits.reshapes);
  const shape = array(...spec.input);
  const own = first && inputLayouts[first.layer.kind];
  if (spec.input.length !== 3) return flatInput(shape);
  if (own) return own(shape);
  const { height, width, channels } = imageOf(shape);
  return layout(height * width, channels);
}
