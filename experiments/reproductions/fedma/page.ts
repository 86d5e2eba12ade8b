/** docs/fedma.md, written from what is recorded. */
import { pictures, type Drawing } from '../drawing.js';
import {
  matchingTime,
  methodsTable,
  oneShotClaims,
  priorsTable,
  referenceClaims,
  referenceTable,
} from './one-shot-tables.js';
import { kinds } from './kinds.js';
import { kindsClaims, kindsTable } from './kinds-tables.js';
import type { Recorded } from './recorded.js';
import { roundsClaims, roundsTable } from './rounds-tables.js';
import { CLIENTS, EXCHANGES, heldOut, oneShotTraining, seeds } from './settings.js';

export function page(recorded: Recorded, drawings: readonly Drawing[]): string {
  const { amount, batchSize, optimizer } = oneShotTraining;
  return `# FedMA, and merging networks at once

Asked: do networks that clients trained apart become one good network when units that match are averaged, and is
this better than averaging weights as they stand? First once, after all training (PFNM: Yurochkin et al., ICML 2019;
SPAHM: Yurochkin et al., NeurIPS 2019; Git Re-Basin: Ainsworth et al., ICLR 2023; OTFusion: Singh and Jaggi, NeurIPS
2020), beside the code of FedMA's authors; then layer by layer with retraining in between, in passes (FedMA: Wang et
al., ICLR 2020, arXiv 2002.06440), beside FedAvg and FedProx.

This page is written from [recorded runs](../experiments/results/fedma.jsonl); \`npm run reproduce -- fedma\` runs what
is missing, \`npm run reproduce -- fedma --list\` shows what there is, \`--only NAME\` runs a part. A cell is empty where
nothing has run. Accuracies are per cent of the test set; with several seeds (of ${seeds.join(', ')}) their mean, and ± is
one standard deviation over them.

## Merged at once

${CLIENTS} clients train ${amount.epochs} epochs each, apart, and their networks become one. "Own" is an initialisation of each
client's own, "shared" one for all.

${methodsTable(recorded)}

### What holds and what does not

${oneShotClaims(recorded)}

### Beside the authors' code

IBM/FedMA's \`matching/pfnm_communication.py\` was run once for each row on Fashion-MNIST, with local training by PyTorch.
Ours are of networks that start from PyTorch's initial weights here (uniform within 1/√inputs; ours above are Glorot's, on
the first layer 2.3 times as large), since how many units stay apart depends on the size of the weights. What both have:

${referenceTable(recorded)}

PFNM as their code has it: the estimate of a unit is its posterior mean, and nothing is chosen on validation data.
With two hidden layers it is not the same algorithm: that code matches the last hidden layer first, by outgoing weights,
then the one before; ours goes from the first to the last by incoming weights, as FedMA's code for layers does. Each has
draws of its own of clients' data.

${priorsTable(recorded)}

Their seconds are of the wall clock on a two-core machine; ours are of a processor, on one like it. ${matchingTime(recorded)}

${referenceClaims(recorded)}

## By rounds

${CLIENTS} clients with labels by Dirichlet shares (0.5), two hidden layers, ${EXCHANGES} rounds, all clients in each. A pass of
FedMA is one round a layer: three. In each, clients train E epochs (of the layers that are not matched yet; the
last layer alone for 3 E epochs at a tenth of the rate), as in each round of FedAvg and FedProx. FedMA's
first three rounds are FedMA layer by layer; what follows is FedMA with communication, whose clients start each pass
from the global units that theirs were assigned to. "At equal bytes" is the accuracy when as much is sent as the most
sparing of the three sends in all. Brackets are FedMA's (σ², σ₀², γ).

${roundsTable(recorded)}

### What holds and what does not

${roundsClaims(recorded)}

${pictures(drawings)}

## Convolutions and an LSTM

FedMA's own LeNet (5 × 5 convolutions of 20 and 50 filters, then 500 units) on MNIST, ${CLIENTS} clients by Dirichlet shares (0.5),
learning rate ${kinds.LeNet.rate}, batches of ${kinds.LeNet.batchSize}; and its LSTM (an embedding of 8, one layer, the next character from the last output)
on the State of the Union addresses since 1981, each president a client, in windows of 80 characters (learning rate ${kinds['LSTM 64'].rate},
weight decay 0.0001, batches of ${kinds['LSTM 64'].batchSize}): theirs was on plays of Shakespeare, with 66 roles. It has ${kinds['LSTM 64'].hidden[1]} units where theirs has
256; those run on request. Two passes each, of four rounds with LeNet and three with the LSTM, whose embedding
is matched too. (σ², σ₀², γ) are the authors' for either kind, and with LeNet (1, 10, 50) besides.

${kindsTable(recorded)}

${kindsClaims(recorded)}

## How it is measured

- Of the training images ${100 * heldOut.dirichlet} % (Dirichlet) or ${100 * heldOut.iid} % (IID and shards, so that clients have 5,760 examples, 90 whole
  batches), drawn at random before the rest is cut up, are the validation part. Hyper-parameters are those of the best mean
  accuracy on it: of PFNM, (σ², σ₀², γ) = (1, 1, 1) or (1, 10, 50) with the mean of a unit's members;
  of SPAHM, which estimates its variances from the clusters, γ 1 or 50 with the mean of the members; of
  OTFusion, one alignment to the first client's network, or two more to the average so far; by rounds, of those
  (learning rate, μ or prior) that have run, after the last round ("of" says among how many).
- Local training: SGD, momentum ${optimizer.momentum}, batches of ${batchSize}; merged at once with learning rate ${optimizer.learningRate}. The reference trained on the
  whole training set, ours without the validation part.
- Weight averages, re-basin and OTFusion weight clients by their examples. The ensemble "by class" weights each
  client's logit of a class by its share of that class's examples, which FedMA's code calls the ensemble.
- Where widths differ, OTFusion's transport of outgoing weights has two readings; here they are equal, and it is a
  permutation. The library's default divides a unit's outgoing weights among the units that it goes to, so that what
  leaves a layer keeps its size; \`outgoing: 'mean'\` is the authors' T = P · diag(1/ν), by which a layer of n units
  onto m gives n/m times its output.
- Growth can be bounded (\`matching.maxWidthFactor\`); here it is not. Where PFNM has more than 700 global units it
  adds one at a time, as the authors' code does.
- Bytes are of weights (float32) between the server and all clients, both ways.
`;
}
