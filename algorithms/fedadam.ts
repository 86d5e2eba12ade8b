/**
 * FedAdam: Reddi et al., ICLR 2021 (arXiv 2003.00295), Algorithm 2, with v ← β₂ v + (1 − β₂) Δ̄². The paper
 * corrects no bias; Flower does, through η_s, and starts from v = 0: biasCorrection and initialV give that.
 */
import { define } from '../registry/index.js';
import { adaptiveOptions, adaptiveServer, averagedOptions, biasCorrection } from './adaptive-server.js';
import { deltaAveraging } from './delta-averaging.js';
import { plainClient } from './fedavg.js';
import { localOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';

export const fedadam = define({
  kind: 'fedadam',
  summary: "FedAvg whose server steps by Adam's rule.",
  options: {
    ...selectionOptions,
    ...localOptions,
    ...adaptiveOptions({ rate: 0.1, beta1: 0.9 }),
    ...averagedOptions,
  },
  create: (options) => {
    const { beta1, beta2 } = options;
    return deltaAveraging(
      options,
      plainClient(options),
      adaptiveServer(
        options,
        (v, square) => beta2 * v + (1 - beta2) * square,
        options.biasCorrection ? biasCorrection(beta1, beta2) : undefined,
      ),
      trainsOnce(options),
    );
  },
});
