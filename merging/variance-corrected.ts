/** The mean of models, corrected so that averaging does not shrink the variance of their weights. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { shareOption } from './options.js';
import { varianceCorrection } from './variance-correction.js';
import { weightedMean } from './weighted-mean.js';
import { mergeRule } from './whole-rule.js';

/**
 * Variance-corrected averaging ("Vanishing Variance Problem in Fully Decentralized Neural-Network Systems", Tian et
 * al., arXiv 2404.04616). β = 0 with target `others` is the paper's algorithm 3, β = ½ its authors' default. The
 * report counts `clamped` factors and gives `factor/TENSOR`, which is √(N / (1 + (N − 1)ρ)) for β = 0 and N models of
 * mean correlation ρ: towards 1 as the models come to agree.
 */
export const varianceCorrected = define({
  kind: 'variance-corrected',
  summary: 'Mean whose tensors keep the variance that the merged models have.',
  options: {
    share: shareOption.default(0.5),
    target: z
      .enum(['others', 'blend', 'self', 'initial'])
      .default('others')
      .describe(
        "the variance that each tensor is brought to: the mean of the received models' variances, that mean blended " +
          "with the own model's like the weights, the own model's, or the variance at initialisation; a tensor that it is 0 " +
          'for, such as biases at initialisation, is left as it is',
      ),
    tensors: z
      .enum(['weights', 'all'])
      .default('weights')
      .describe(
        "which tensors are corrected: weights, embeddings and recurrent weights, or all but batch norm's statistics",
      ),
    weights: z
      .enum(['equal', 'samples'])
      .default('equal')
      .describe('whether received models count equally or by their examples, in the mean and in the target'),
  },
  needs: () => ({ share: true }),
  create: ({ share, target, tensors, weights }, context: MergeContext): MergeRule =>
    mergeRule(context, (local) =>
      weightedMean(
        local.manifest.length,
        { coefficient: ({ samples }) => (weights === 'samples' ? samples : 1), share },
        varianceCorrection(local, target, tensors),
      ),
    ),
});
