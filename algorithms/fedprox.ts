/**
 * FedProx: Li, Sahu, Zaheer, Sanjabi, Talwalkar & Smith, "Federated Optimization in Heterogeneous Networks",
 * MLSys 2020 (arXiv 1812.06127), Algorithm 2. Client k minimises F_k(w) + (μ/2) ‖w − w_t‖², inexactly: a
 * straggler that manages fewer epochs counts too. The server averages as FedAvg does (§5.1).
 */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { deltaAveraging, type ClientRule, type ServerRule } from './delta-averaging.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';
import { addScaled } from './vectors.js';

interface Told {
  readonly mu: number;
}

/** What the heuristic of §5 remembers: μ, the last round's loss, and for how many rounds it has fallen. */
interface Adapting extends Told {
  readonly loss: number | null;
  readonly falls: number;
}

const MU_STEP = 0.1;
const PATIENCE = 5;

function proximalClient(options: LocalOptions): ClientRule<Told> {
  return (message, examples, tools) => {
    const proximal = { mu: message.header.told.mu, anchor: message.vectors.weights };
    const { delta, statistics, loss } = localSgd(options, message, examples, tools, { proximal });
    return { delta, statistics, scalars: { loss } };
  };
}

/** μ rises by 0.1 when the loss does, and sinks by 0.1 when the loss has fallen for five rounds on end. */
function adapt({ mu, loss: before, falls }: Adapting, loss: number): Adapting {
  if (before === null) return { mu, loss, falls: 0 };
  if (loss > before) return { mu: mu + MU_STEP, loss, falls: 0 };
  const fallen = loss < before ? falls + 1 : 0;
  return fallen < PATIENCE ? { mu, loss, falls: fallen } : { mu: Math.max(mu - MU_STEP, 0), loss, falls: 0 };
}

function averaging(mu: number, adaptive: boolean): ServerRule<Adapting, Told> {
  return {
    start: () => ({ mu, loss: null, falls: 0 }),
    tell: ({ mu }) => ({ mu }),
    told: z.strictObject({ mu: z.number().min(0) }),
    step: (weights, { vectors, scalars }, own) => ({
      weights: addScaled(weights, 1, vectors.delta),
      own: adaptive ? adapt(own, scalars.loss) : own,
    }),
  };
}

export const fedprox = define({
  kind: 'fedprox',
  summary: 'FedAvg with a proximal term that keeps clients near the global model.',
  options: {
    ...selectionOptions,
    ...localOptions,
    mu: z.number().min(0).default(0.01).describe('μ, the weight of the proximal term; 0 is FedAvg'),
    adaptive: z
      .boolean()
      .default(false)
      .describe(
        "whether μ follows the clients' mean training loss: up by 0.1 when it rises, down after 5 falls",
      ),
  },
  create: ({ mu, adaptive, ...options }) => ({
    ...deltaAveraging(options, proximalClient(options), averaging(mu, adaptive), trainsOnce(options)),
    report: ({ own }: { readonly own: Adapting }) => ({ mu: own.mu }),
  }),
});
