/** A FedMA client: it trains its network, then again and again those of its layers that are not matched yet. */
import { initialWeights, learningRate, type Examples, type Model } from '../../learning/index.js';
import {
  spreadUnits,
  unitGroups,
  widthsOf,
  withWidths,
  writeLayerValues,
  type Network,
} from '../../matching/index.js';
import type { LocalTools } from '../federated.js';
import {
  answeredValues,
  type Advance,
  type ClientNetwork,
  type FedmaAnswer,
  type FedmaMessage,
} from './messages.js';
import type { FedmaOptions } from './options.js';

/** One round at the client. */
export function updateClient(
  options: FedmaOptions,
  message: FedmaMessage,
  examples: Examples,
  kept: ClientNetwork | undefined,
  tools: LocalTools,
): { answer: FedmaAnswer; clientState: ClientNetwork } {
  const { header, vectors } = message;
  const { model, weights: start } =
    header.kind === 'begin'
      ? begin(header.seed, vectors.weights, tools)
      : advance(header, vectors.weights, kept, tools);
  const matched = header.kind === 'begin' ? 0 : header.layer + 1;
  const widths = widthsOf(model);
  const { amount, optimizer } = trainingOf(options, message, model);
  const { weights, loss } = tools.engine.train({
    model,
    weights: start,
    examples,
    ...tools.draws(header.round),
    batchSize: options.batchSize,
    amount: tools.localAmount(amount, header.round),
    optimizer,
    rate: (step) => learningRate(optimizer, { round: header.round, step }),
    frozenLayers: unitGroups(model)[matched].layer,
  });
  return {
    answer: {
      header: { classCounts: countClasses(examples, widths[widths.length - 1]) },
      vectors: { weights: answeredValues({ model, weights }, matched) },
      samples: examples.count,
      scalars: { loss },
    },
    // After the last layer nothing is needed any more.
    clientState: { widths, weights: matched === widths.length - 1 ? new Float32Array() : weights, matched },
  };
}

function begin(seed: number | undefined, weights: Float32Array, { model, client }: LocalTools): Network {
  return { model, weights: seed === undefined ? weights : initialWeights(model, seed, ['client', client]) };
}

/** The client's network with the matched layer in place of its own, and the next layer's inputs to fit. */
function advance(
  { layer, width, assignment }: Advance,
  weights: Float32Array,
  kept: ClientNetwork | undefined,
  { model, client }: LocalTools,
): Network {
  if (kept?.matched !== layer) {
    throw new Error(
      `client ${client} is sent layer ${layer + 1} of a pass whose layers before it does not have; ` +
        'it must wait for the next pass',
    );
  }
  const own = { model: withWidths(model, kept.widths), weights: kept.weights };
  const network = spreadUnits(own, layer, assignment, width);
  writeLayerValues(network, layer, weights);
  return network;
}

/** How a client trains for the answer to a message. */
export function trainingOf(
  options: FedmaOptions,
  { header }: FedmaMessage,
  model: Model,
): Pick<FedmaOptions, 'amount' | 'optimizer'> {
  const onlyLastLeft = header.kind === 'advance' && header.layer + 2 === widthsOf(model).length;
  return onlyLastLeft ? lastLayerTraining(options) : options;
}

/** The authors' local_retrain: more epochs at a lower rate. */
function lastLayerTraining({
  amount,
  optimizer,
  lastLayer,
}: FedmaOptions): Pick<FedmaOptions, 'amount' | 'optimizer'> {
  const times = lastLayer.amountFactor;
  return {
    amount: 'steps' in amount ? { steps: times * amount.steps } : { epochs: times * amount.epochs },
    optimizer: {
      ...optimizer,
      learningRate: optimizer.learningRate * lastLayer.learningRateFactor,
      weightDecay: lastLayer.weightDecay,
    },
  };
}

function countClasses(examples: Examples, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let index = 0; index < examples.count; index++) counts[examples.label(index)]++;
  return counts;
}
