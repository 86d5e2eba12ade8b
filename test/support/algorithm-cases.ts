/** Recipes whose runs keep different things between rounds: what must survive threads, kills and hosts. */
import { smallRecipe, trained } from './small-recipe.js';

export const algorithmCases: Readonly<Record<string, string>> = {
  'fedavg with stragglers, dropout and clients away': smallRecipe({
    clients: { stragglers: 0.5, dropout: 0.2, availability: 0.7 },
    algorithm: trained({ kind: 'fedavg', fraction: 0.5, amount: { epochs: 3 } }),
    evaluate: { every: 2, on: ['test', 'clients'] },
    rounds: 6,
  }),
  'fedadam, which keeps moments at the server': smallRecipe({ algorithm: trained({ kind: 'fedadam' }) }),
  'scaffold, whose clients keep control variates': smallRecipe({
    algorithm: trained({ kind: 'scaffold', fraction: 0.5 }),
    rounds: 6,
  }),
  'fedavg through top-k, whose clients keep what their answers lost': smallRecipe({
    algorithm: trained({ kind: 'fedavg', fraction: 0.5 }),
    network: { codec: { kind: 'top-k', fraction: 0.05 } },
    rounds: 6,
  }),
  'fedma, which grows the model layer by layer': smallRecipe({
    algorithm: trained({ kind: 'fedma', fraction: 0.4, passes: 2 }),
    rounds: 6,
  }),
  'fedbuff, where clients of all speeds train from models of all ages': smallRecipe({
    algorithm: trained({ kind: 'fedbuff' }),
    clients: { dropout: 0.1, availability: 0.8 },
    schedule: { kind: 'buffered', concurrency: 3, size: 2, compute: { kind: 'log-normal', mu: 0, sigma: 1 } },
    network: { latency: { kind: 'uniform', low: 0.1, high: 0.5 }, bandwidth: 1e6, codec: 'float16' },
    rounds: 8,
  }),
  'noloco, whose replicas keep an outer momentum and the moments of Adam': smallRecipe({
    data: { dataset: { kind: 'mnist', limit: 1000 }, partition: { kind: 'iid', clients: 5 } },
    topology: 'complete',
    algorithm: {
      kind: 'noloco',
      amount: { steps: 5 },
      clip: 1,
      optimizer: { kind: 'adam', schedule: { kind: 'cosine', per: 'step', over: 30, warmup: 5, floor: 0.1 } },
    },
    rounds: 6,
  }),
};
