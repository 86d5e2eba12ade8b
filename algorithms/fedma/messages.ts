/** What server and clients of FedMA say to each other, one round a layer, and what an answer's weights are. */
import type { Model } from '../../learning/index.js';
import { layerValues, widthsOf, withWidths, writeLayerValues, type Network } from '../../matching/index.js';
import type { ClientUpdate, Payload } from '../payload.js';

/** A pass begins: train a whole network of your own width. Its weights come along, or a seed to draw them from. */
export interface Begin {
  readonly kind: 'begin';
  readonly round: number;
  readonly seed?: number | undefined;
}

/** A layer is matched: put it in your network, and train the layers after it. */
export interface Advance {
  readonly kind: 'advance';
  readonly round: number;
  /** Index of the matched layer; its weights come along. */
  readonly layer: number;
  /** Its global width, and the position there of each of the client's own units. */
  readonly width: number;
  readonly assignment: readonly number[];
}

export type FedmaMessage = Payload<Begin | Advance, 'weights'>;

/** The weights of the layers that `answeredLayers` names, one after another. */
export type FedmaAnswer = ClientUpdate<'weights', { readonly classCounts: readonly number[] }>;

/** A client's network between the rounds of a pass; after the last, no weights. */
export interface ClientNetwork {
  readonly widths: readonly number[];
  readonly weights: Float32Array;
  /** How many of its layers are global. */
  readonly matched: number;
}

/**
 * Which layers an answer is about: the one after those that are matched. In a network with one hidden layer the
 * first answer has both, since signatures hold the outgoing weights there.
 */
function answeredLayers(model: Model, matched: number): number[] {
  return widthsOf(model).length === 2 && matched === 0 ? [0, 1] : [matched];
}

/** The weights to answer with. */
export function answeredValues(network: Network, matched: number): Float32Array<ArrayBuffer> {
  const layers = answeredLayers(network.model, matched);
  return Float32Array.from(layers.flatMap((layer) => Array.from(layerValues(network, layer))));
}

/** How many weights the answer to a message has. */
export function answerLength({ header }: FedmaMessage, own: Model): number {
  if (header.kind === 'begin') return valuesLength(own, 0);
  // Of the layers before, only the width of the last matters.
  const widths = widthsOf(own).with(header.layer, header.width);
  return valuesLength(withWidths(own, widths), header.layer + 1);
}

function valuesLength(model: Model, matched: number): number {
  const network = { model, weights: new Float32Array(model.manifest.length) };
  return answeredLayers(model, matched).reduce((sum, layer) => sum + layerValues(network, layer).length, 0);
}

/** A network of which only the layers of an answer are filled in. */
export function answeredNetwork(model: Model, matched: number, values: Float32Array): Network {
  const network = { model, weights: new Float32Array(model.manifest.length) };
  let first = 0;
  for (const layer of answeredLayers(model, matched)) {
    const { length } = layerValues(network, layer);
    writeLayerValues(network, layer, values.subarray(first, first + length));
    first += length;
  }
  return network;
}
