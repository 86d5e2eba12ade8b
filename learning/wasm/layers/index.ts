/** The planners of all kinds of layers. */
import type { Layer, LayerOf } from '../../layers/index.js';
import { foreignLayer, type KerasLayer } from '../../layers/keras.js';
import type { Tensor } from '../../manifest.js';
import type { PlacedLayer } from '../../model.js';
import type { Draft, Planner } from '../operator.js';
import type { Layout } from '../slots.js';
import { planActivation } from './activation.js';
import { planAttention } from './attention.js';
import { planConv2d } from './conv2d.js';
import { planDense } from './dense.js';
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

/** The operators that do a layer's work, first to last. */
export const planLayer = <Kind extends Layer['kind']>(
  placed: PlacedLayer<LayerOf<Kind>>,
  input: Layout,
  tensor: (name: string) => Tensor,
): readonly Draft[] => planners[placed.layer.kind](placed, input, tensor);

/** The operators of layers one after another, with the index of the layer that each belongs to. */
export function planLayers(
  layers: readonly PlacedLayer[],
  input: Layout,
  tensorOf: (name: string) => Tensor,
): { readonly layer: number; readonly draft: Draft }[] {
  let below = input;
  return layers.flatMap((placed, layer) => {
    const drafts = planLayer(placed, below, (part) => tensorOf(`${placed.name}/${part}`));
    below = drafts.at(-1)?.output ?? below;
    return drafts.map((draft) => ({ layer, draft }));
  });
}
