/** Layers on sequences, which lie in TensorFlow.js as [examples, length, width]. */
import type { EmbeddingLayer } from '../../../layers/embedding.js';
import type { LstmLayer } from '../../../layers/lstm.js';
import { apply, type Builder } from './kind.js';

export const buildEmbedding: Builder<EmbeddingLayer> = (tensorFlow, { layer }, input) => {
  const { vocabulary: inputDim, width: outputDim } = layer;
  return apply(tensorFlow.layers.layers.embedding({ inputDim, outputDim }), input);
};

/** Keras's gates stand in the order of ours: input, forget, cell, output. */
export const buildLstm: Builder<LstmLayer> = (tensorFlow, { layer: { units, returns } }, input) =>
  apply(
    tensorFlow.layers.layers.lstm({
      units,
      returnSequences: returns === 'sequence',
      recurrentActivation: 'sigmoid',
      // Orthogonal otherwise, which takes long; weights are written in any case.
      recurrentInitializer: 'zeros',
    }),
    input,
  );
