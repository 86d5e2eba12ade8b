/**
 * The events of a run: one stream that the progress line, metrics.jsonl and the report all read. Events hold nothing that
 * differs between two runs of the same recipe, so no wall-clock time. docs/metrics.md is made from these schemas.
 */
import { z } from 'zod';
import { count, digest, figure, list, record, type Immutable } from './fields.js';

const roundNumber = count.describe('the round after which it was written, from 1');
const fraction = figure.describe('a fraction, 0 to 1');

const arrival = z.strictObject({
  client: count,
  start: count.describe('the round in which the client was asked'),
  lost: z.literal(true).exactOptional().describe('there will be no answer'),
});

const happening = z
  .union([z.literal('woke'), z.literal('away'), list(count)])
  .meta({ title: '"woke" | "away" | list of integer' })
  .describe(
    'the node woke, or was away when it should have; or messages were handed to it, as sender and number of each',
  );

const nodeTrace = z.strictObject({
  node: count,
  happened: list(happening).describe('in this order'),
});

const round = z
  .strictObject({
    type: z.literal('round'),
    round: roundNumber,
    loss: figure.describe('mean training loss over the examples trained on'),
    answered: count.describe('how many clients’ answers counted'),
    missing: list(count).describe('clients that were asked and did not answer'),
    localSteps: count.describe(
      'optimizer steps, one for each batch, since the start, of all clients whose answers counted, or of all nodes',
    ),
    arrivals: list(arrival)
      .exactOptional()
      .describe('buffered schedule: whose answers came, in their order, and who gave its place up'),
    virtualTime: figure
      .exactOptional()
      .describe('buffered schedule, simulated: when it ended, in units of virtual time'),
    why: record(z.string())
      .exactOptional()
      .describe('over a network: by client, why some of the missing did not count'),
    reset: list(count)
      .exactOptional()
      .describe(
        'over a network: clients that went to another worker before they answered; their state was lost',
      ),
    bytesDown: count
      .exactOptional()
      .describe('federated: bytes of vectors, server to clients, as the codec encodes them'),
    bytesUp: count.exactOptional().describe('federated: bytes of vectors, clients to server'),
    bytesBetweenNodes: count
      .exactOptional()
      .describe('gossip: bytes of vectors that nodes sent each other in the round'),
    bytesRelayed: count
      .exactOptional()
      .describe('gossip over a network: those of them that the coordinator relayed'),
    bytesDirect: count
      .exactOptional()
      .describe('gossip over a network: those of them that went from worker to worker'),
    trace: list(nodeTrace)
      .exactOptional()
      .describe('asynchronous gossip over a network: what happened at each node in the round'),
    report: record(figure).exactOptional().describe('figures of the algorithm’s own'),
  })
  .describe('A round of a federated algorithm, or a round of gossip, is over.');

const quality = z.strictObject({
  accuracy: fraction,
  loss: figure.describe('mean loss over the examples'),
});

const evaluation = z
  .strictObject({
    type: z.literal('evaluation'),
    round: roundNumber,
    on: z.enum(['test', 'validation']).describe('the examples'),
    ...quality.shape,
    nodes: count
      .exactOptional()
      .describe(
        'gossip: how many nodes were tested, of whose models accuracy and loss are the means; without it, they are the average model’s',
      ),
    averageModel: quality
      .exactOptional()
      .describe('gossip: the mean of the nodes’ models, which no node has'),
  })
  .describe('The model was evaluated on the test set or on the validation part.');

const clients = z
  .strictObject({
    type: z.literal('clients'),
    round: roundNumber,
    mean: fraction.describe('mean accuracy over the clients'),
    deviation: figure.describe('standard deviation of the accuracy over the clients'),
    worstTenth: fraction.describe('mean accuracy of the worst tenth of the clients'),
    best: fraction.describe('accuracy of the best client'),
    accuracies: list(z.number().nullable().meta({ title: 'number or null' }))
      .exactOptional()
      .describe(
        'accuracy of each client, in client order; null for the missing; left out above 10,000 clients',
      ),
    missing: list(count)
      .exactOptional()
      .describe('over a network: clients that sent no result; the figures are of the others'),
    why: record(z.string()).exactOptional().describe('by client, why'),
  })
  .describe(
    'The model (gossip: each node’s own) was evaluated on every client’s own examples, those that it trained on.',
  );

const population = z
  .strictObject({
    type: z.literal('population'),
    round: roundNumber,
    consensusDistance: figure.describe('√(mean over nodes of ‖xᵢ − x̄‖²)'),
    relativeConsensusDistance: figure.describe('the same over ‖x̄‖'),
    varianceRatio: record(figure).describe(
      'by tensor: mean over nodes of its variance, over the variance it was initialised with',
    ),
    correction: figure
      .exactOptional()
      .describe('mean factor of the variance correction since the last event, where one was applied'),
    nodes: z
      .strictObject({
        tested: count.describe('how many nodes were tested'),
        mean: fraction.describe('mean accuracy over these'),
        deviation: figure.describe('its standard deviation'),
        worst: fraction,
        best: fraction,
        loss: figure.describe('mean loss on the test examples'),
      })
      .exactOptional()
      .describe('the tested nodes (all nodes at the end); left out where they have no test set'),
    tested: list(count).describe('the tested nodes; empty above 10,000'),
    accuracies: list(figure).describe('accuracy of each of these'),
    bytesSent: count.describe('bytes of vectors that were sent since the start'),
    localSteps: count.describe(
      'local steps of all nodes since the start, up to where their models were measured',
    ),
    virtualTime: figure.describe('in units of virtual time'),
  })
  .describe('Gossip: the state of the population of models.');

const rollback = z
  .strictObject({
    type: z.literal('return'),
    round: count.describe('the round at whose end the nodes are again'),
    told: count.describe('the last round that had been written'),
  })
  .describe(
    'Asynchronous gossip over a network: a process was lost, and all nodes returned to the end of this round. Events of later rounds did not count, and are not here any more.',
  );

export const eventSchemas = { round, evaluation, clients, population, return: rollback };

export const eventSchema = z.discriminatedUnion('type', [round, evaluation, clients, population, rollback]);

export type Arrival = Immutable<z.output<typeof arrival>>;
export type Happening = Immutable<z.output<typeof happening>>;
export type NodeTrace = Immutable<z.output<typeof nodeTrace>>;
export type RoundEvent = Immutable<z.output<typeof round>>;
export type Quality = Immutable<z.output<typeof quality>>;
export type EvaluationEvent = Immutable<z.output<typeof evaluation>>;
export type ClientsEvent = Immutable<z.output<typeof clients>>;
export type PopulationEvent = Immutable<z.output<typeof population>>;
export type ReturnEvent = Immutable<z.output<typeof rollback>>;
export type RunEvent = Immutable<z.output<typeof eventSchema>>;

/** `diverged.json`: the end of a run that has no `run.json`, as training diverged. */
export const divergenceSchema = z.strictObject({ round: count, message: z.string() });
export type Divergence = Immutable<z.output<typeof divergenceSchema>>;

const skew = z.strictObject({
  effectiveClasses: z
    .strictObject({ mean: figure, least: figure, most: figure })
    .describe('exp(entropy) of each client’s label distribution, over the clients'),
  divergence: figure.describe(
    'mean Jensen–Shannon divergence between pairs of clients’ label distributions, in bits',
  ),
  sizeGini: figure.describe('Gini coefficient of the clients’ numbers of examples'),
  sizes: z
    .strictObject({ least: figure, mean: figure, most: figure })
    .describe('examples of a client, over the clients'),
  sampled: z
    .strictObject({ clients: count, pairs: count })
    .exactOptional()
    .describe('where not everything was measured: how many clients were, and how many pairs of them'),
});

export const recordSchema = z
  .strictObject({
    accuracy: fraction.describe(
      'of the last evaluation on `evaluatedOn`; on the clients’ own examples, the mean over the clients',
    ),
    loss: figure.exactOptional().describe('left out where only the clients’ own examples were evaluated'),
    nodes: count
      .exactOptional()
      .describe(
        'gossip: `accuracy` and `loss` are means over as many nodes’ own models; all, where the run had all its rounds',
      ),
    averageModel: quality
      .exactOptional()
      .describe('gossip: the mean of the nodes’ models, which is saved and which no node has'),
    evaluatedOn: z
      .enum(['test', 'validation', 'clients'])
      .describe(
        'the test set, where the run was evaluated on it, else the validation part, else the clients’ own examples',
      ),
    rounds: count.describe('how many rounds the run had'),
    weightsSha256: digest.describe('SHA-256 of the final weights'),
    name: z.string().describe('the recipe’s'),
    seed: z.number().describe('the recipe’s'),
    recipeHash: digest.describe('SHA-256 of the recipe'),
    resultKey: digest.describe(
      'SHA-256 of the recipe’s decisive fields and of all else that the result depends on: runs with equal keys have equal results',
    ),
    ended: z
      .enum(['rounds', 'target', 'done'])
      .describe('why the run ended: its rounds were done, the target was reached, or the algorithm said so'),
    versions: z.strictObject({ murmur: z.string(), node: z.string() }),
    engine: z.strictObject({
      kind: z.string(),
      kernelHash: z.string(),
      kernels: z
        .string()
        .exactOptional()
        .describe('which kernels ran, where there is a choice: no bit depends on it'),
      equalBitsPromised: z
        .literal(false)
        .exactOptional()
        .describe('where the recipe admits workers of other engines (`engine: { mixed: true }`)'),
    }),
    checksums: record(z.string()).describe(
      'SHA-256: of the data by the file’s name, of other files by the field that names them, of plugins by theirs',
    ),
    bits: list(z.string()).describe('the version of the recipe’s bits: the changes of murmur that affect it'),
    clients: count.describe('how many clients or nodes'),
    parameters: count.describe('how many parameters the model has'),
    skew: skew.describe('the measured skew of the partition'),
    labelCounts: list(list(count))
      .exactOptional()
      .describe('examples by client and label, [clients][classes]; left out above 1,000 clients'),
    topology: z
      .strictObject({
        kind: z.string(),
        spectralGap: figure
          .exactOptional()
          .describe(
            '1 − the factor by which a round of mixing shrinks disagreement in the long run, without training and lost messages; left out where the algorithm does not mix by a matrix',
          ),
        spectralGapError: figure.exactOptional().describe('its standard error, where rounds are random'),
        agreeAfter: count
          .exactOptional()
          .describe('the rounds of mixing after which all agree exactly, where there are such'),
        positions: list(z.tuple([figure, figure])).describe('of each node, in [0, 1]²'),
        edges: list(z.tuple([count, count])).describe('pairs of nodes'),
      })
      .exactOptional()
      .describe('gossip: the graph of the first round; left out above 1,000 nodes'),
    threads: count,
    wallSeconds: figure.describe('duration of the run, in seconds'),
    peakMemoryMiB: figure.describe('largest resident memory of the process, in MiB'),
  })
  .describe('`run.json`: written when the run has ended.');

export type RunRecord = Immutable<z.output<typeof recordSchema>>;
