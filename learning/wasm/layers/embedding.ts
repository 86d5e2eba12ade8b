/** Embeddings in WebAssembly; they read tokens as they are stored. */
import type { EmbeddingLayer } from '../../layers/embedding.js';
import { emitEmbed, emitEmbedBackward } from '../kernels/embedding.js';
import type { Operator, Planner, Site } from '../operator.js';
import { layout } from '../slots.js';
import { gathered } from './gathered.js';

export const planEmbedding: Planner<EmbeddingLayer> = ({ layer }, input, tensor) => {
  const { vocabulary, width } = layer;
  return [
    {
      weights: [
        {
          kernelOffset: tensor('table').offset,
          units: width,
          ...{ runs: 1, run: vocabulary, paddedRun: vocabulary },
        },
      ],
      output: layout(input.positions * input.channels, width),
      readsStored: true,
      place: embedding,
    },
  ];
};

function embedding(site: Site): Operator {
  const { panels, output, distance, stored } = site;
  const [table] = panels;
  if (stored.type !== 'uint8') {
    throw new RangeError('an embedding takes tokens stored as uint8, but the examples are float32');
  }
  return {
    forward: (kernels) => {
      const [embed] = kernels('embed', () => [emitEmbed(table, output)]);
      return (rows, feed) => {
        embed(feed.stored, rows * stored.inputs);
      };
    },
    backward: (kernels, sink) => {
      const { begin, end } = gathered(kernels, site, sink);
      const [add] = kernels('backward', () => [
        emitEmbedBackward(table, output.deltas, output.stride, distance.gradient),
      ]);
      return (rows, feed) => {
        begin();
        add(feed.stored, rows * stored.inputs);
        end();
      };
    },
  };
}
