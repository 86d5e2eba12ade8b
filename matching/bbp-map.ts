/**
 * BBP-MAP: matching the units of one layer across clients under a Beta–Bernoulli process prior, client by
 * client, by assignment (Yurochkin et al., ICML 2019; the authors' match_layer).
 */
import { permutation, portion, range, type Stream } from '../numerics/index.js';
import { assign } from './assignment.js';
import { estimateUnits } from './estimates.js';
import type { MatchingOptions } from './options.js';
import { priorOf, reestimated } from './prior.js';
import { emptyCluster, include, scoreMatrix, type Cluster, type Prior } from './scores.js';
import type { Signatures } from './signatures.js';

export interface Matching {
  /** For each client the global position of each of its units. */
  readonly assignments: readonly Int32Array[];
  /** How many clients have each global unit; its length is the global width. */
  readonly popularity: Int32Array;
  /** The global units' signatures, the estimate of the options. */
  readonly units: readonly Float64Array[];
  /** What the estimate goes by: the options', or estimated from the clusters. */
  readonly prior: Prior;
}

/**
 * Matches the clients' units.
 * @param clients each client's signatures, in client order
 * @param draw gives each sweep its order of clients
 * @throws RangeError where signatures differ in length or are not finite
 */
export function matchUnits(clients: readonly Signatures[], options: MatchingOptions, draw: Stream): Matching {
  check(clients);
  const room = portion(
    options.maxWidthFactor ?? Infinity,
    Math.max(...clients.map(({ rows }) => rows.length)),
  );
  /** The cluster of each unit of each client. */
  const homes: Cluster[][] = clients.map(() => []);
  let clusters: Cluster[] = [];
  let prior = priorOf(clients[0], options);

  const place = (client: number) => {
    const { rows, belief } = clients[client];
    const columns = columnsFor(client);
    const existing = clusters;
    homes[client] = rows.map((_, unit) => existing.at(columns[unit]) ?? emptyCluster(prior, belief));
    clusters = [...existing, ...homes[client].filter(({ count }) => count === 0)];
    homes[client].forEach((home, unit) => {
      include(home, rows[unit], belief, 1);
    });
  };
  const columnsFor = (client: number): ArrayLike<number> => {
    const units = clients[client].rows.length;
    if (clusters.length === 0) return range(units);
    const fresh = newUnits(units, clusters.length, room, options.matcher);
    const scores = scoreMatrix(clients[client], clusters, fresh, {
      prior,
      clients: clients.length,
      gamma: options.gamma,
      popularityWeight: options.popularityWeight ?? POPULARITY_WEIGHT[options.matcher],
      determinants: options.matcher === 'spahm',
    });
    return assign(scores, 'maximise').columns;
  };
  const remove = (client: number) => {
    const { rows, belief } = clients[client];
    homes[client].forEach((home, unit) => {
      include(home, rows[unit], belief, -1);
    });
    clusters = clusters.filter(({ count }) => count > 0);
  };

  for (const client of largestFirst(clients)) place(client);
  for (let sweep = 0; sweep < options.sweeps; sweep++) {
    for (const client of permutation(draw, clients.length)) {
      remove(client);
      place(client);
    }
    if (options.reestimate && options.matcher === 'spahm') prior = reestimated(prior, clients, clusters);
  }
  const positions = new Map(clusters.map((cluster, position) => [cluster, position]));
  const assignments = homes.map((own) => Int32Array.from(own, (home) => positions.get(home) ?? -1));
  return {
    assignments,
    popularity: Int32Array.from(clusters, ({ count }) => count),
    units: estimateUnits(options.estimate, clients, assignments, clusters.length, prior),
    prior,
  };
}

/** log(c / (J − c)) counts once in the authors' pfnm.py, and twice, as derived, in their SPAHM code. */
const POPULARITY_WEIGHT = { pfnm: 1, spahm: 2 } as const;

/**
 * How many new global units a client's `units` may found beside the `existing` ones: the authors' k_max, within
 * the room there is, and so many that every unit has a place.
 */
function newUnits(
  units: number,
  existing: number,
  room: number,
  matcher: MatchingOptions['matcher'],
): number {
  const most = matcher === 'pfnm' ? 700 - existing : 2 * units - existing;
  const wanted = Math.min(units, Math.max(most, 1), Math.floor(room) - existing);
  return Math.max(wanted, units - existing);
}

/** Ties in ascending order. */
function largestFirst(clients: readonly Signatures[]): number[] {
  const order = Array.from(clients.keys());
  return order.sort((a, b) => clients[b].rows.length - clients[a].rows.length || a - b);
}

function check(clients: readonly Signatures[]): void {
  if (clients.length === 0) throw new RangeError('there are no networks to match');
  const coordinates = clients[0].rows[0].length;
  clients.forEach(({ rows }, client) => {
    rows.forEach((row, unit) => {
      if (row.length !== coordinates) {
        throw new RangeError(
          `unit ${unit} of network ${client} has ${row.length} coordinates, those of network 0 have ` +
            `${coordinates}; match the layer before first, so that all inputs are the same`,
        );
      }
      if (!row.every(Number.isFinite)) {
        throw new RangeError(`unit ${unit} of network ${client} has a weight that is not a finite number`);
      }
    });
  });
}
