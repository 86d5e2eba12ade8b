/** The builders of all kinds of layers. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { InnerLayer } from '../../../layers/index.js';
import type { KerasLayer } from '../../../layers/keras.js';
import type { PlacedLayer } from '../../../model.js';
import { buildActivation, buildFlatten } from './activation.js';
import { buildAttention, buildPositional } from './attention.js';
import { buildDense } from './dense.js';
import { buildDropout } from './dropout.js';
import { buildConv2d, buildGlobalPool, buildPool } from './image.js';
import { buildKeras } from './keras.js';
import type { Builder, Built, BuildContext } from './kind.js';
import { buildBatchNorm, buildGroupNorm, buildLayerNorm } from './norm.js';
import { buildEmbedding, buildLstm } from './sequence.js';

type Simple = InnerLayer | KerasLayer;
type SimpleOf<Kind extends Simple['kind']> = Extract<Simple, { kind: Kind }>;

const builders: { readonly [Kind in Simple['kind']]: Builder<SimpleOf<Kind>> } = {
  dense: buildDense,
  conv2d: buildConv2d,
  pool: buildPool,
  'global-pool': buildGlobalPool,
  flatten: buildFlatten,
  activation: buildActivation,
  keras: buildKeras,
  embedding: buildEmbedding,
  lstm: buildLstm,
  'layer-norm': buildLayerNorm,
  'group-norm': buildGroupNorm,
  'batch-norm': buildBatchNorm,
  dropout: buildDropout,
  positional: buildPositional,
  attention: buildAttention,
};

const buildSimple = <Kind extends Simple['kind']>(
  context: BuildContext,
  placed: PlacedLayer<SimpleOf<Kind>>,
  input: SymbolicTensor,
): Built => builders[placed.layer.kind](context, placed, input);

export function buildLayer(context: BuildContext, placed: PlacedLayer, input: SymbolicTensor): Built {
  const { layer, branches } = placed;
  if (layer.kind !== 'residual') return buildSimple(context, { ...placed, layer }, input);
  const [inside, around] = [branches?.inside ?? [], branches?.around ?? []].map((layers) =>
    buildChain(context, layers, input),
  );
  const sum = context.layers.layers.add().apply([inside.output, around.output]) as SymbolicTensor;
  return { output: sum, variables: [...inside.variables, ...around.variables] };
}

function buildChain(context: BuildContext, layers: readonly PlacedLayer[], input: SymbolicTensor): Built {
  return layers.reduce<Built>(
    ({ output, variables }, placed) => {
      const built = buildLayer(context, placed, output);
      return { output: built.output, variables: [...variables, ...built.variables] };
    },
    { output: input, variables: [] },
  );
}
