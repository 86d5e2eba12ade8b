/** What can be chosen about matching by Bayesian nonparametrics (PFNM, FedMA, SPAHM). */
import { z } from 'zod';

export const matchingOptions = {
  matcher: z
    .enum(['pfnm', 'spahm'])
    .default('pfnm')
    .describe('the score of a match: PFNM and FedMA, or SPAHM, which adds log-determinants'),
  sigma: z
    .number()
    .positive()
    .default(1)
    .describe("variance of a client's unit about its global unit (the authors' sigma)"),
  sigma0: z.number().positive().default(1).describe('variance of the global units about their prior mean'),
  priorMean: z.number().default(0).describe('prior mean of a weight'),
  biasPriorMean: z.number().default(0.1).describe('prior mean of a bias'),
  gamma: z
    .number()
    .positive()
    .default(1)
    .describe('mass of the prior: the larger, the sooner a unit becomes a global unit of its own'),
  sweeps: z.int().min(0).default(5).describe('how often every client is matched again (the authors’ it)'),
  popularityWeight: z
    .number()
    .min(0)
    .optional()
    .describe('factor on log(c / (J − c)); the authors have 1 for pfnm and 2, as derived, for spahm'),
  estimate: z
    .enum(['popularity-mean', 'map', 'mean-over-J'])
    .default('popularity-mean')
    .describe(
      'a global unit is the mean of its c units, their posterior mean (shrinks), or their sum over J clients',
    ),
  reestimate: z
    .boolean()
    .default(false)
    .describe('spahm only: estimate sigma, sigma0 and the prior mean anew after each sweep'),
  maxWidthFactor: z
    .number()
    .min(1)
    .optional()
    .describe('a layer grows to at most so many times its width at the widest client'),
};

const schema = z.object(matchingOptions);
export type MatchingOptions = z.output<typeof schema>;

/** The options with every default filled in. */
export const completeMatchingOptions = (options: z.input<typeof schema> = {}): MatchingOptions =>
  schema.parse(options);
