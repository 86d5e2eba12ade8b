/** FedMA in passes of one round a layer, beside FedAvg and FedProx: accuracy by round and by byte. */
import { z } from 'zod';
import type { Recipe } from '../../../recipe/index.js';
import { simulate, type SimulateOptions } from '../../../simulator/index.js';
import type { Cell } from '../reproduction.js';
import { dataOf, EXCHANGES, isPlanned, ROUNDS_HIDDEN, type RoundsSetting } from './settings.js';

const BATCH = 64;
const MOMENTUM = 0.9;

const numbers = z.array(z.number());

/** Lists are parallel: an entry for each round after which there is a whole model. */
export const roundsSchema = z.object({
  rounds: numbers,
  /** Between the server and all clients, both ways, since the start. */
  bytes: numbers,
  validation: numbers,
  test: numbers,
  /** Of each hidden layer, its width after each of these rounds. */
  widths: z.array(numbers),
  kernelHash: z.string(),
});
export type Rounds = z.output<typeof roundsSchema>;

export const roundsCell = (setting: RoundsSetting, seed: number): Cell<Rounds> => ({
  name: roundsName(setting, seed),
  recipe: {
    seed,
    data: dataOf(setting.dataset, setting.split),
    model: { kind: 'mlp', hidden: ROUNDS_HIDDEN },
    algorithm: algorithmOf(setting),
    rounds: EXCHANGES,
    evaluate: { on: ['validation', 'test'] },
  },
  onRequest: !isPlanned(setting),
  recorded: roundsSchema,
  run: (recipe, options) => measureRounds(recipe, options),
});

function algorithmOf({ epochs, rate, method, mu, prior }: RoundsSetting) {
  return {
    kind: method,
    fraction: 1,
    amount: { epochs },
    batchSize: BATCH,
    optimizer: { kind: 'sgd', learningRate: rate, momentum: MOMENTUM },
    ...(mu !== undefined && { mu }),
    ...(prior !== undefined && { matching: prior }),
  };
}

/** E.g. rounds/fashion-mnist/dirichlet/E=5/fedprox/mu=0.01/rate=0.05/seed=1. */
function roundsName(
  { dataset, split, epochs, rate, method, mu, prior }: RoundsSetting,
  seed: number,
): string {
  const changes = [
    ...(mu === undefined ? [] : [`mu=${mu}`]),
    ...(prior === undefined ? [] : [`prior=${prior.sigma},${prior.sigma0},${prior.gamma}`]),
  ];
  return ['rounds', dataset, split, `E=${epochs}`, method, ...changes, `rate=${rate}`, `seed=${seed}`].join(
    '/',
  );
}

/** @param hidden the clients' widths, which are the global network's where nothing is matched */
export async function measureRounds(
  recipe: Recipe,
  options: SimulateOptions,
  hidden: readonly number[] = ROUNDS_HIDDEN,
): Promise<Rounds> {
  const rounds: Rounds = { rounds: [], bytes: [], validation: [], test: [], widths: [], kernelHash: '' };
  let bytes = 0;
  let widths: number[] = [];
  const { record } = await simulate(recipe, {
    ...options,
    onEvent(event) {
      if (event.type === 'round') {
        bytes += (event.bytesDown ?? 0) + (event.bytesUp ?? 0);
        widths = Object.entries(event.report ?? {}).flatMap(([name, value]) =>
          name.startsWith('width') ? [value] : [],
        );
      }
      if (event.type !== 'evaluation') return;
      const accuracy = Number(event.accuracy.toPrecision(5));
      if (event.on === 'validation') {
        rounds.validation.push(accuracy);
        return;
      }
      rounds.rounds.push(event.round);
      rounds.bytes.push(bytes);
      rounds.test.push(accuracy);
      rounds.widths.push(widths.length > 0 ? widths : [...hidden]);
    },
  });
  return { ...rounds, kernelHash: record.engine.kernelHash };
}
