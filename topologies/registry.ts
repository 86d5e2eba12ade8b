/**
 * The topologies that a recipe can name. They are ours rather than graphology-generators', whose random ones
 * take all pairs or logarithms (which engines round differently) and whose graphs are objects: far too large
 * for 100,000 nodes. graphology lays out the drawings, and its metrics check ours in the tests.
 */
import { Registry } from '../registry/index.js';
import { barabasiAlbert } from './generators/barabasi-albert.js';
import { caveman } from './generators/caveman.js';
import { churn } from './generators/churn.js';
import { complete } from './generators/complete.js';
import { epidemic } from './generators/epidemic.js';
import { erdosRenyi } from './generators/erdos-renyi.js';
import { exponential } from './generators/exponential.js';
import { file } from './generators/file.js';
import { grid } from './generators/grid.js';
import { hierarchical } from './generators/hierarchical.js';
import { hypercube } from './generators/hypercube.js';
import { onePeerExponential } from './generators/one-peer-exponential.js';
import { path } from './generators/path.js';
import { randomMatching } from './generators/random-matching.js';
import { regular } from './generators/regular.js';
import { ring } from './generators/ring.js';
import { star } from './generators/star.js';
import { stochasticBlock } from './generators/stochastic-block.js';
import { torus } from './generators/torus.js';
import { tree } from './generators/tree.js';
import { wattsStrogatz } from './generators/watts-strogatz.js';
import type { Topology, TopologyContext } from './topology.js';

export const topologies = new Registry<TopologyContext, Topology>('topology', [
  complete,
  star,
  path,
  ring,
  grid,
  torus,
  hypercube,
  tree,
  regular,
  erdosRenyi,
  wattsStrogatz,
  barabasiAlbert,
  caveman,
  stochasticBlock,
  exponential,
  onePeerExponential,
  epidemic,
  file,
]);

// These hold other topologies, so they are made with the registry they are entered in.
for (const holding of [hierarchical, randomMatching, churn]) topologies.add(holding(topologies));
