/** How clients behave: who can be asked, who never answers, who does less than was asked. */
import { drawInteger, range, stream } from '../numerics/index.js';
import type { Recipe } from './schema.js';

export interface Behaviour {
  /** Who can be asked in an exchange, in ascending order. */
  available(exchange: number): Uint32Array;
  dropsOut(client: number, exchange: number): boolean;
  /** How many of E local epochs a client does in a round. */
  localEpochs(client: number, planned: number, round: number): number;
}

/** The behaviour that a recipe's `clients` describes; a pure function of its seed. */
export function behaviour(
  { seed, clients: settings }: Pick<Recipe, 'seed' | 'clients'>,
  clients: number,
): Behaviour {
  const everybody = range(clients);
  const { availability, dropout, stragglers } = settings;
  return {
    available(exchange) {
      if (availability === 1) return everybody;
      // Client k has the k-th draw, so that a further client changes nobody's.
      const draw = stream(seed, 'available', exchange);
      return everybody.filter(() => draw() < availability);
    },
    dropsOut: (client, exchange) =>
      dropout > 0 && stream(seed, 'client', client, 'exchange', exchange, 'dropout')() < dropout,
    localEpochs(client, planned, round) {
      if (stragglers === 0) return planned;
      const draw = stream(seed, 'client', client, 'round', round, 'straggler');
      return draw() < stragglers ? 1 + drawInteger(draw, planned) : planned;
    },
  };
}
