/** The planners of all kinds of layers. */
import type { Layer, LayerOf } from '../../layers/index.js';
import { foreignLayer, type KerasLayer } from '../../layers/keras.js';
import type { Tensor } from '../../manifest.js';
import type { PlacedLayer } from '../../model.js';
import type { Draft, Planner } from '../operator.js';
import type { Layout } from '../slots.js';
import { planActivation } from './activation.js';
import { planConv2d } from './conv2d.js';
import { planDense } from './dense.js';
import { planEmbedding } from './embedding.js';
import { planLstm } from './lstm.js';
import { planGlobalPool, planPool } from './pool.js';

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
};

/** The operators that do a layer's work, first to last. */
export const planLayer = <Kind extends Layer['kind']>(
  placed: PlacedLayer<LayerOf<Kind>>,
  input: Layout,
  tensor: (name: string) => Tensor,
): readonly Draft[] => planners[placed.layer.kind](placed, input, tensor);
