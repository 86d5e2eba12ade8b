/** What is known of a topology before anything trains on it. */
import { mean } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import { disconnection } from '../connectivity.js';
import { degree, edgeCount, type Adjacency } from '../graph.js';
import { mixing, usualMixing } from '../mixing/registry.js';
import type { Topology } from '../topology.js';
import { clustering, type Clustering } from './clustering.js';
import { consensusRate, type ConsensusRate } from './consensus-rate.js';
import { measureConsensus, roundsToConsensus, type Measured } from './consensus.js';
import { diameter, type Diameter } from './diameter.js';
import { together } from './together.js';

export interface Degrees {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** Of a time-varying topology, everything up to the mixing matrix is about its first round. */
export interface Diagnosis {
  readonly nodes: number;
  readonly directed: boolean;
  readonly timeVarying: boolean;
  readonly edges: number;
  /** Strongly, if directed. */
  readonly connected: boolean;
  /** Why it is not, as the end of a sentence. */
  readonly disconnection?: string;
  /** To how many a node sends. */
  readonly degrees: Degrees;
  /** From how many a node receives; left out where that is the same. */
  readonly receiving?: Degrees;
  /** Left out where some distance is infinite. */
  readonly diameter?: Diameter;
  readonly clustering: Clustering;
  readonly mixing: {
    readonly kind: string;
    readonly symmetric: boolean;
    readonly rowStochastic: boolean;
    readonly columnStochastic: boolean;
  };
  /** Of all rounds; left out where rounds are random and nodes so many that sampling takes too long. */
  readonly rate?: ConsensusRate;
  readonly epsilon: number;
  /**
   * Rounds until the consensus distance is `epsilon` of what it was: predicted from the gap, or measured where
   * rounds differ or the gap could not be told.
   */
  readonly roundsToConsensus: number;
  /** There where rounds differ or the gap could not be told. */
  readonly measured?: Measured;
  /** The edges of the first rounds together; there where rounds differ. */
  readonly together?: { readonly rounds: number; readonly connected: boolean };
}

export interface DiagnosisOptions {
  /** A mixing matrix by name; left out, Metropolis–Hastings, or the plain mean where edges have directions. */
  readonly mixing?: Choice;
  readonly epsilon?: number;
  /** Rounds to measure. */
  readonly rounds?: number;
}

/** @throws Error where the mixing matrix does not suit the graph */
export function diagnose(topology: Topology, options: DiagnosisOptions = {}): Diagnosis {
  const { mixing: choice = usualMixing(topology), epsilon = 1e-3, rounds = 100 } = options;
  const graph = topology.at(0);
  const { symmetric, rowStochastic, columnStochastic } = mixing.create(choice, graph);
  const rate = consensusRate(topology, choice);
  // A bound of no gap says nothing; unbalanced directed graphs have such.
  const untold = rate?.certainty === 'at least' && rate.spectralGap === 0;
  const measured =
    topology.timeVarying || rate === undefined || untold
      ? measureConsensus(topology, choice, { epsilon, rounds })
      : undefined;
  const apart = disconnection(graph);
  return {
    nodes: topology.nodes,
    directed: topology.directed,
    timeVarying: topology.timeVarying,
    edges: edgeCount(graph),
    connected: apart === undefined,
    ...(apart === undefined ? { diameter: diameter(graph) } : { disconnection: apart }),
    degrees: degrees(graph.out),
    ...(graph.directed && { receiving: degrees(graph.in) }),
    clustering: clustering(graph),
    mixing: { kind: choice.kind, symmetric, rowStochastic, columnStochastic },
    ...(rate && { rate }),
    epsilon,
    roundsToConsensus: measured
      ? (measured.reached ?? roundsToConsensus(measured.perRound, epsilon))
      : roundsToConsensus(rate?.factor ?? 1, epsilon),
    ...(measured && { measured }),
    ...(topology.timeVarying && { together: together(topology, rounds) }),
  };
}

function degrees(adjacency: Adjacency): Degrees {
  const all = Array.from({ length: adjacency.offsets.length - 1 }, (_, node) => degree(adjacency, node));
  const [least, most] = all.reduce(([low, high], d) => [Math.min(low, d), Math.max(high, d)], [Infinity, 0]);
  return { least, mean: mean(all), most };
}
