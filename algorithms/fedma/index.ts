/**
 * FedMA: Wang, Yurochkin, Sun, Papailiopoulos & Khazaeni, "Federated Learning with Matched Averaging", ICLR 2020
 * (arXiv 2002.06440), Algorithm 1 and Section 3.2 ("FedMA with communication"). A pass is one round a layer:
 * clients train, the server matches the layer's units and averages those that match, clients put the global layer
 * in their networks, keep it fixed and train the layers after it; the last layer is averaged class by class. The
 * next pass starts at every client from a network of its original width, made of the global units that its own
 * were assigned to. A client that leaves within a pass is left out of the rest of it.
 */
import { unmatchable, widthsOf } from '../../matching/index.js';
import type { Model } from '../../learning/index.js';
import { define } from '../../registry/index.js';
import type { CollectingAlgorithm } from '../federated.js';
import { clientsARound } from '../selection.js';
import { updateClient } from './client.js';
import { answerLength, type ClientNetwork, type FedmaAnswer, type FedmaMessage } from './messages.js';
import { fedmaOptions } from './options.js';
import { refuseAnswer, refuseMessage } from './refusals.js';
import { finishRound, initialState, planRound, reportGrowth, type FedmaState } from './server.js';

type Fedma = CollectingAlgorithm<FedmaState, FedmaMessage, FedmaAnswer, ClientNetwork>;

export const fedma = define({
  kind: 'fedma',
  summary: 'Federated matched averaging: layer by layer, units that match are averaged, others are added.',
  options: fedmaOptions,
  create: (options): { readonly family: 'federated' } & Fedma => ({
    family: 'federated',
    answers: 'all',
    keeps: 1,
    init: initialState,
    plan: (state, context) => planRound(options, state, context),
    localUpdate: (message, examples, clientState, tools) =>
      updateClient(options, message, examples, clientState, tools),
    answerLengths: (message, model) => ({ weights: answerLength(message, model) }),
    refuseAnswer: (answer, message, client) => refuseAnswer(options, answer, message, client),
    refuseMessage,
    // A layer becomes at most as wide as those of all clients together, and the next one has so many more inputs.
    longestAnswer: ({ model, clients }) => clientsARound(options, clients) * model.manifest.length,
    finish: (state, answers) => finishRound(options, state, answers),
    model: ({ own, global = own, pass }) => (pass === undefined ? global : undefined),
    report: reportGrowth,
    refuse: ({ model, rounds }) => unmatchable(model) ?? refuseShort(model, rounds),
  }),
});

/** With fewer rounds than a pass takes, the run would end with the weights that it began with. */
function refuseShort(model: Model, rounds: number): string | undefined {
  const pass = widthsOf(model).length;
  return rounds >= pass
    ? undefined
    : `algorithm 'fedma' matches one layer a round: a pass over this model's ${pass} layers needs rounds: ${pass} or more, not ${rounds}`;
}
