/** How clients behave: who can be asked, who never answers, who does less than was asked. */
import type { Amount } from '../learning/index.js';
import { drawInteger, range, stream } from '../numerics/index.js';
import type { Recipe } from './recipe.js';

export interface Behaviour {
  /** Who can be asked in a round, in ascending order. */
  available(round: number): Uint32Array;
  dropsOut(client: number, round: number): boolean;
  /** How much of the planned local training a client does in a round: a straggler U{1, …, E} of E epochs or steps. */
  localAmount(client: number, planned: Amount, round: number): Amount;
}

/** The behaviour that a recipe's `clients` describes; a pure function of its seed. */
export function behaviour(
  { seed, clients: settings }: Pick<Recipe, 'seed' | 'clients'>,
  clients: number,
): Behaviour {
  const everybody = range(clients);
  const { availability, dropout, stragglers } = settings;
  return {
    available(round) {
      if (availability === 1) return everybody;
      // Client k has the k-th draw, so that a further client changes nobody's.
      const draw = stream(seed, 'available', round);
      return everybody.filter(() => draw() < availability);
    },
    dropsOut: (client, round) =>
      dropout > 0 && stream(seed, 'client', client, 'exchange', round, 'dropout')() < dropout,
    localAmount(client, planned, round) {
      if (stragglers === 0) return planned;
      const draw = stream(seed, 'client', client, 'round', round, 'straggler');
      if (draw() >= stragglers) return planned;
      const upTo = (most: number) => 1 + drawInteger(draw, most);
      return 'steps' in planned ? { steps: upTo(planned.steps) } : { epochs: upTo(planned.epochs) };
    },
  };
}
