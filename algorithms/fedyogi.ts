/**
 * FedYogi: Reddi et al., ICLR 2021 (arXiv 2003.00295), Algorithm 2, with v ← v − (1 − β₂) Δ̄² sign(v − Δ̄²): v
 * moves by the size of Δ̄², not by the difference to it, so it forgets large steps more slowly than Adam's.
 */
import { define } from '../registry/index.js';
import { adaptiveOptions, adaptiveServer, averagedOptions, biasCorrection } from './adaptive-server.js';
import { deltaAveraging } from './delta-averaging.js';
import { plainClient } from './fedavg.js';
import { localOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';

export const fedyogi = define({
  kind: 'fedyogi',
  summary: "FedAvg whose server steps by Yogi's rule.",
  options: {
    ...selectionOptions,
    ...localOptions,
    ...adaptiveOptions({ rate: 0.01, beta1: 0.9 }),
    ...averagedOptions,
  },
  create: (options) => {
    const { beta1, beta2 } = options;
    return deltaAveraging(
      options,
      plainClient(options),
      adaptiveServer(
        options,
        (v, square) => v - (1 - beta2) * square * Math.sign(v - square),
        options.biasCorrection ? biasCorrection(beta1, beta2) : undefined,
      ),
      trainsOnce(options),
    );
  },
});
