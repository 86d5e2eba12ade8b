/** FedAdagrad: Reddi et al., ICLR 2021 (arXiv 2003.00295), Algorithm 2, with v ← v + Δ̄². */
import { define } from '../registry/index.js';
import { adaptiveOptions, adaptiveServer } from './adaptive-server.js';
import { deltaAveraging } from './delta-averaging.js';
import { plainClient } from './fedavg.js';
import { localOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';

export const fedadagrad = define({
  kind: 'fedadagrad',
  summary: "FedAvg whose server steps by Adagrad's rule.",
  options: { ...selectionOptions, ...localOptions, ...adaptiveOptions({ rate: 0.1, beta1: 0 }) },
  create: (options) =>
    deltaAveraging(
      options,
      plainClient(options),
      adaptiveServer(options, (v, square) => v + square),
      trainsOnce(options),
    ),
});
