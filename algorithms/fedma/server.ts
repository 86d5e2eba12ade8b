/** The FedMA server: it matches a layer in each round, and averages the last class by class. */
import {
  averageInner,
  averageLastLayer,
  classShares,
  layerValues,
  matchUnits,
  reconstruct,
  signatures,
  spreadUnits,
  widthsOf,
  withWidths,
  writeLayerValues,
  writeUnitRows,
  type Network,
} from '../../matching/index.js';
import { drawInteger, sha256, stream } from '../../numerics/index.js';
import type { InitContext, Plan, PlanContext } from '../federated.js';
import { selectClients } from '../selection.js';
import { answeredNetwork, type FedmaAnswer, type FedmaMessage } from './messages.js';
import type { FedmaOptions } from './options.js';

export interface FedmaState {
  /** How many rounds and how many passes have ended. */
  readonly round: number;
  readonly passes: number;
  /** The recipe's model, which is every client's own, and its initial weights. */
  readonly own: Network;
  /** Names the streams that matching draws from: of the initial weights, so that it follows the run's seed. */
  readonly seed: number;
  /** The network of the last pass. */
  readonly global?: Network;
  /** Of its hidden layers: how many clients have each unit, and whose units went where. */
  readonly popularity: readonly Int32Array[];
  readonly assignments: ReadonlyMap<number, readonly Int32Array[]>;
  /** The pass under way; none before its first layer is matched. */
  readonly pass?: Pass;
}

/** What is matched so far, and with whom. */
interface Pass {
  /** The global layers' weights and widths. */
  readonly layers: readonly Float32Array[];
  readonly widths: readonly number[];
  readonly popularity: readonly Int32Array[];
  readonly assignments: ReadonlyMap<number, readonly Int32Array[]>;
}

type Answers = readonly { readonly client: number; readonly answer: FedmaAnswer }[];

export function initialState({ model, weights }: InitContext): FedmaState {
  return {
    round: 0,
    passes: 0,
    own: { model, weights },
    seed: parseInt(sha256(weights).slice(0, 12), 16),
    popularity: [],
    assignments: new Map(),
  };
}

/** Within a pass, those who are still there; between passes, newly chosen clients. */
export function planRound(
  options: FedmaOptions,
  state: FedmaState,
  context: PlanContext,
): Plan<FedmaMessage> | 'done' {
  const { pass, round } = state;
  if (pass !== undefined) {
    const available = new Set(Array.from(context.roster.available));
    const members = [...pass.assignments].filter(([client]) => available.has(client));
    const layer = pass.layers.length - 1;
    const [width, weights] = [pass.widths[layer], pass.layers[layer]];
    return {
      to: members.map(([client, assignments]) => {
        const assignment = Array.from(assignments[layer]);
        return {
          client,
          message: { header: { kind: 'advance', round, layer, width, assignment }, vectors: { weights } },
        };
      }),
    };
  }
  if (state.passes === options.passes) return 'done';
  return {
    to: selectClients(options, context).map((client) => {
      if (options.init === 'own' && state.global === undefined) {
        const seed = drawInteger(context.stream('start', client), 2 ** 32);
        return {
          client,
          message: { header: { kind: 'begin', round, seed }, vectors: { weights: new Float32Array() } },
        };
      }
      const { weights } = startFor(client, state);
      return { client, message: { header: { kind: 'begin', round }, vectors: { weights } } };
    }),
  };
}

/**
 * The network of its own width that a client starts a pass from: the global units that its own were assigned to,
 * or, where it was not in the last pass, those that most clients share.
 */
function startFor(client: number, { own, global, popularity, assignments }: FedmaState): Network {
  if (global === undefined) return own;
  const widths = widthsOf(own.model);
  return reconstruct(
    global,
    assignments.get(client) ?? popularity.map((counts, layer) => mostPopular(counts, widths[layer])),
  );
}

/** The positions of the largest counts, in ascending order; ties in favour of the lower. */
function mostPopular(counts: Int32Array, wanted: number): number[] {
  const positions = Array.from(counts.keys());
  positions.sort((a, b) => counts[b] - counts[a] || a - b);
  return positions.slice(0, wanted).sort((a, b) => a - b);
}

const noPass: Pass = { layers: [], widths: [], popularity: [], assignments: new Map() };

/** Matches the layer that was answered, or averages it where it is the last; without answers the pass is given up. */
export function finishRound(options: FedmaOptions, state: FedmaState, answers: Answers): FedmaState {
  const { pass = noPass, ...between } = state;
  const next = { ...between, round: state.round + 1 };
  if (answers.length === 0) return next;
  const layer = pass.layers.length;
  const widths = [...pass.widths, ...widthsOf(state.own.model).slice(layer)];
  const model = withWidths(state.own.model, widths);
  const networks = answers.map(({ client, answer }) => {
    const { weights } = answer.vectors;
    if (!weights.every(Number.isFinite)) {
      throw new Error(`client ${client} answered weights that are not finite`);
    }
    return { ...answeredNetwork(model, layer, weights), classCounts: answer.header.classCounts };
  });
  if (layer === widths.length - 1) {
    const { popularity, assignments } = pass;
    const global = { model, weights: new Float32Array(model.manifest.length) };
    for (const [index, values] of pass.layers.entries()) writeLayerValues(global, index, values);
    averageLastLayer(global, networks, classShares(networks));
    return { ...next, passes: state.passes + 1, global, popularity, assignments };
  }
  const shares = widths.length === 2 ? classShares(networks) : [];
  const matching = matchUnits(
    networks.map((network, index) => signatures(network, layer, shares.at(index))),
    options.matching,
    stream(state.seed, 'fedma', 'pass', state.passes, 'layer', layer),
  );
  const width = matching.popularity.length;
  const wide = withWidths(model, widths.with(layer, width));
  const matched = { model: wide, weights: new Float32Array(wide.manifest.length) };
  writeUnitRows(matched, layer, 'own', matching.units);
  const moved = networks.map((network, j) => spreadUnits(network, layer, matching.assignments[j], width));
  averageInner(matched, moved, layer, matching.assignments);
  return {
    ...next,
    pass: {
      layers: [...pass.layers, layerValues(matched, layer)],
      widths: [...pass.widths, width],
      popularity: [...pass.popularity, matching.popularity],
      assignments: new Map(
        answers.map(({ client }, index) => [
          client,
          [...(pass.assignments.get(client) ?? []), matching.assignments[index]],
        ]),
      ),
    },
  };
}

/** Widths of the hidden layers, and their growth over the recipe's. */
export function reportGrowth({ own, global, pass }: FedmaState): Record<string, number> {
  const ownWidths = widthsOf(own.model);
  const widths = pass?.widths ?? (global === undefined ? [] : widthsOf(global.model)).slice(0, -1);
  return Object.fromEntries(
    widths.flatMap((width, layer) => [
      [`width${layer + 1}`, width],
      [`growth${layer + 1}`, width / ownWidths[layer]],
    ]),
  );
}
