/** The record of a finished run, `run.json`: what came out, and of what. */
import { labelCounts, openExamples, localDataClients } from '../../data/index.js';
import { admitsOtherEngines, type Engine } from '../../learning/index.js';
import { recipeHash, resultKey, type Dependencies, type Federation } from '../../recipe/index.js';
import type { RunEvent, RunRecord } from '../index.js';
import { forEachEdge, layout, type ConsensusRate } from '../../topologies/index.js';
import { consensusRateOf } from '../../gossip/index.js';
import type { Outcome } from '../../rounds/index.js';
import { version } from './version.js';

/** Up to so many clients run.json lists every client's label counts. */
const LISTED_CLIENTS = 1000;

/** What run.json says of a run that is over. */
export function describeRun(
  federation: Federation,
  {
    outcome,
    rounds,
    ended,
    events,
    threads,
    wallSeconds,
    engine,
    dependencies,
  }: {
    readonly dependencies: Dependencies;
    readonly engine: Pick<Engine, 'kind' | 'kernelHash' | 'kernels'>;
    readonly outcome: Outcome;
    readonly events: readonly RunEvent[];
  } & Pick<RunRecord, 'rounds' | 'ended' | 'threads' | 'wallSeconds'>,
): RunRecord {
  const { recipe, partition, dataset } = federation;
  const isListed =
    partition.clients <= LISTED_CLIENTS && localDataClients(recipe.data.partition) === undefined;
  return {
    ...lastFigures(events),
    rounds,
    weightsSha256: outcome.weightsSha256,
    name: recipe.name,
    seed: recipe.seed,
    recipeHash: recipeHash(recipe),
    resultKey: resultKey(recipe, dependencies),
    ended,
    versions: { murmur: version(), node: process.version },
    engine: {
      kind: engine.kind,
      kernelHash: engine.kernelHash,
      ...(engine.kernels !== undefined && { kernels: engine.kernels }),
      ...(admitsOtherEngines(recipe.engine) && { equalBitsPromised: false }),
    },
    ...dependencies,
    clients: partition.clients,
    parameters: outcome.weights.length,
    skew: federation.skew(),
    ...(isListed && {
      labelCounts: labelCounts(partition, openExamples(dataset.train), dataset.classes),
    }),
    ...drawnTopology(federation),
    threads,
    wallSeconds,
    peakMemoryMiB: process.resourceUsage().maxRSS / 1024,
  };
}

/** How good the model was in the end, on the test set, else on what the run was evaluated on. */
function lastFigures(
  events: readonly RunEvent[],
): Pick<RunRecord, 'accuracy' | 'loss' | 'evaluatedOn' | 'nodes' | 'averageModel'> {
  const evaluations = events.filter((event) => event.type === 'evaluation');
  const last = evaluations.findLast((event) => event.on === 'test') ?? evaluations.at(-1);
  if (last !== undefined) {
    const { accuracy, loss, on, nodes, averageModel } = last;
    return {
      ...{ accuracy, loss, evaluatedOn: on },
      ...(nodes !== undefined && { nodes }),
      ...(averageModel && { averageModel }),
    };
  }
  const clients = events.findLast((event) => event.type === 'clients');
  return { accuracy: clients?.mean ?? NaN, evaluatedOn: 'clients' };
}

/** Up to so many nodes a report draws the graph. */
const DRAWN_NODES = 1000;

function drawnTopology(federation: Federation): Pick<RunRecord, 'topology'> {
  const { network, recipe, partition } = federation;
  if (network === undefined || recipe.topology === undefined || partition.clients > DRAWN_NODES) return {};
  const { topology } = network;
  const found = consensusRateOf(federation);
  const places = layout(topology, recipe.seed);
  const edges: [number, number][] = [];
  forEachEdge(topology.at(0), (from, to) => edges.push([from, to]));
  return {
    topology: {
      kind: recipe.topology.kind,
      ...(found && 'rate' in found && gapOf(found.rate)),
      positions: Array.from({ length: topology.nodes }, (_, node) => [
        places[2 * node],
        places[2 * node + 1],
      ]),
      edges,
    },
  };
}

const gapOf = ({ spectralGap, standardError, exactAfter }: ConsensusRate) => ({
  spectralGap,
  ...(standardError !== undefined && { spectralGapError: standardError }),
  ...(exactAfter !== undefined && { agreeAfter: exactAfter }),
});
