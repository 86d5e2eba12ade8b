/** The builders of all kinds of layers. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer, LayerOf } from '../../layers/index.js';
import type { PlacedLayer } from '../../model.js';
import type { TensorFlow } from '../tensor-flow.js';
import { buildActivation, buildFlatten } from './activation.js';
import { buildDense } from './dense.js';
import { buildConv2d, buildGlobalPool, buildPool } from './image.js';
import { buildKeras } from './keras.js';
import type { Builder, Built } from './kind.js';
import { buildEmbedding, buildLstm } from './sequence.js';

const builders: { readonly [Kind in Layer['kind']]?: Builder<LayerOf<Kind>> } = {
  dense: buildDense,
  conv2d: buildConv2d,
  pool: buildPool,
  'global-pool': buildGlobalPool,
  flatten: buildFlatten,
  activation: buildActivation,
  keras: buildKeras,
  embedding: buildEmbedding,
  lstm: buildLstm,
};

/** @throws RangeError where TensorFlow.js's engine has no such layer yet */
export function buildLayer<Kind extends Layer['kind']>(
  tensorFlow: TensorFlow,
  placed: PlacedLayer<LayerOf<Kind>>,
  input: SymbolicTensor,
): Built {
  const build: Builder<LayerOf<Kind>> | undefined = builders[placed.layer.kind];
  if (build === undefined)
    throw new RangeError(`engine: tfjs has no layer '${placed.layer.kind}' yet; use engine: wasm`);
  return build(tensorFlow, placed, input);
}
