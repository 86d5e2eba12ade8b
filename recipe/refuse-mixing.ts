/** Mixing matrices that do not suit the algorithm: rows, columns or both must sum to 1. */
import { range } from '../numerics/index.js';
import type { MixingMatrix, Stochastic } from '../topologies/index.js';
import type { Federation } from './federation.js';

/** Rounds whose matrices are looked at where they differ. */
const LOOKED_AT = 20;

const sumsOf = {
  rows: {
    what: 'rows',
    why: 'so that what all nodes agree on stays as it is',
    holds: (matrix: MixingMatrix) => matrix.rowStochastic,
    use: 'metropolis-hastings, max-degree, uniform or row-stochastic, or algorithm push-sum',
  },
  columns: {
    what: 'columns',
    why: 'so that the sum over all nodes stays as it is',
    holds: (matrix: MixingMatrix) => matrix.columnStochastic,
    use: 'column-stochastic',
  },
  both: {
    what: 'rows and columns',
    why: 'so that directions follow the mean gradient of all nodes',
    holds: (matrix: MixingMatrix) => matrix.rowStochastic && matrix.columnStochastic,
    use: 'metropolis-hastings or max-degree on an undirected topology, or one with equal degrees',
  },
};

/** A refusal of a mixing matrix whose sums are not what the algorithm needs; a sentence. */
export function refuseMixing(
  kind: string,
  mixes: Stochastic | undefined,
  { topology, mixing, mixingChoice }: NonNullable<Federation['network']>,
): string | undefined {
  if (mixes === undefined) return undefined;
  const { what, why, holds, use } = sumsOf[mixes];
  const rounds = topology.timeVarying ? Math.min(topology.period ?? LOOKED_AT, LOOKED_AT) : 1;
  if (Array.from(range(rounds), mixing).every(holds)) return undefined;
  return `${kind} needs a mixing matrix whose ${what} sum to 1, ${why}; those of mixing '${mixingChoice.kind}' on this topology do not; use ${use}`;
}
