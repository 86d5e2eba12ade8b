/**
 * FedSGD: McMahan et al., AISTATS 2017 (arXiv 1602.05629), §2. FedAvg with E = 1 and B = ∞: each client takes one
 * step along the mean gradient of all its examples, so that w ← w − η Σ n_k ∇F_k(w) / Σ n_k, and with C = 1
 * this is gradient descent on the whole.
 */
import { sgdSchema } from '../learning/index.js';
import { define, type ScheduleKind } from '../registry/index.js';
import { deltaAveraging } from './delta-averaging.js';
import { addMean, plainClient } from './fedavg.js';
import { familyReads } from './needs.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';

const oneStep = { amount: { steps: 1 }, batchSize: 'all' } as const;

export const fedsgd = define({
  kind: 'fedsgd',
  summary: 'Federated SGD: each client sends one full-batch gradient step, the server takes their mean.',
  options: {
    ...selectionOptions,
    optimizer: sgdSchema.prefault({ learningRate: 0.1 }).describe("the clients' optimizer, without momentum"),
  },
  create: ({ optimizer, ...selection }) => ({
    ...deltaAveraging(selection, plainClient({ ...oneStep, optimizer }), addMean, trainsOnce(oneStep)),
    needs: (schedule: ScheduleKind) => ({
      // A client takes one step: a straggler cannot take fewer.
      reads: familyReads('federated', schedule).filter((field) => field !== 'clients.stragglers'),
    }),
    refuse: () =>
      optimizer.momentum > 0
        ? 'fedsgd takes a single step a round, which local momentum cannot serve: leave optimizer.momentum ' +
          'at 0, or use fedavgm with its serverMomentum'
        : undefined,
  }),
});
