/** docs/noloco.md, written from what is recorded. */
import { pictures, type Drawing } from '../drawing.js';
import { claims } from './claims.js';
import { languageSetting } from './language.js';
import type { Recorded } from './recorded.js';
import { ABLATED, BATCH, FLOOR, published, RATE, seeds, STEPS, WARMUP } from './settings.js';
import {
  allReduceTable,
  blockingTable,
  endsTable,
  graphsTable,
  loss,
  outerTable,
  percent,
  ratesTable,
  targets,
  timesTable,
} from './tables.js';
import { MESSAGE_SPREAD, messages } from './times.js';

/** The message time of the claims and the figures. */
export const MESSAGE = messages[2];

/** The tables of the network model, which take a few seconds to draw. */
export const networkModel = () => ({ allReduce: allReduceTable(), blocking: blockingTable() });

export function page(
  recorded: Recorded,
  drawings: readonly Drawing[],
  { allReduce, blocking, language }: ReturnType<typeof networkModel> & { readonly language: string },
): string {
  return `# NoLoCo

Asked: can replicas that exchange with one random partner after some local steps, and wait for nobody else, learn as
well as with an all-reduce (NoLoCo, arXiv 2506.10911; DiLoCo, arXiv 2311.08105; local SGD, Stich, ICLR 2019), how far
apart do they stay, and what is saved? The paper trains language models; here it is the 2NN of 199,210 weights on MNIST
and Fashion-MNIST, and a small transformer of characters.

This page is written from [recorded runs](../experiments/results/noloco.jsonl); \`npm run reproduce -- noloco\` runs what
is missing, \`npm run reproduce -- noloco --list\` shows what there is, \`--only NAME\` runs a part. A cell is empty where
nothing has run; numbers are means over the seeds that ran, of ${seeds.join(', ')}.

## After ${STEPS} inner steps

Mean test accuracy of the replicas, per cent:

${endsTable(recorded, 'replicaAccuracy', percent)}

Mean test loss of the replicas:

${endsTable(recorded, 'replicaLoss', loss)}

Test loss of the mean of the replicas' weights, which is the same where all replicas are:

${endsTable(recorded, 'averageLoss', loss)}

## What holds and what does not

${claims(recorded, MESSAGE)}

${pictures(drawings)}

## A language model

Mean test loss of the replicas, nats a character: ${languageSetting}. Adam's moments stay with the replica.

${language}

## By virtual time

When the last replica is through the outer step after which the replicas' mean accuracy was first seen at
${percent(targets.mnist)} % (MNIST) or ${percent(targets['fashion-mnist'])} % (Fashion-MNIST), in mean inner steps. Inner steps take log-normal times (μ = 1, σ² = ½);
messages have a mean time and a standard deviation of ${MESSAGE_SPREAD} times that, whatever they carry. NoLoCo's replicas wait for
their partner's φ, sent when its inner steps begin, and Δ, sent when they end; the others wait for a tree all-reduce.

${messages.map((message) => `### Messages that take ${message} inner steps\n\n${timesTable(recorded, message)}`).join('\n\n')}

## γ

${ABLATED} replicas on MNIST at the end. With α = 0.5, replicas come together for 0 < γ < 1.552 by the exact condition for 16 of them,
without gradients, and for 0.5 < γ < 1.5 by the paper's; with α = 0.9 for 0 < γ < 0.404, and for 0.9 < γ < 1.676 by the paper's. Spread
is √(Σ‖φᵢ − φ̄‖² / (N d)).

${outerTable(recorded)}

## The inner rate

8 replicas on MNIST with constant inner rates: spread · 10⁶, mean over the second half of the run.

${ratesTable(recorded)}

## Pairs from a graph

${ABLATED} replicas on MNIST whose pairs are a random maximal matching of a graph's edges; the gap is that of the graph with
Metropolis–Hastings weights. Complete is NoLoCo as published.

${graphsTable(recorded)}

## The network model

How many times longer a tree all-reduce takes than a pair's exchange (two messages one after the other, each the later
of both directions), by the number of nodes and the messages' standard deviation over their mean; log-normal times. The paper's
figure 5A comes to about 40 at 1,024 nodes and 2.5.

${allReduce}

How many times longer 100 outer steps take where each waits for all than where each waits for a random partner, messages
taking no time. The paper's figure 5B has about 1.2 for 1,024 replicas and m = 100.

${blocking}

## How it is measured

- Every replica takes ${STEPS} inner steps of ${BATCH} examples: SGD, rate ${RATE} after a warm-up of ${WARMUP} steps, then a cosine down to
  ${100 * FLOOR} % of it; all methods have the same. All start from one initialisation.
- NoLoCo: m = 50, α = ${published.alpha}, β = ${published.beta}, γ = ${published.gamma}, pairs. DiLoCo: heavy-ball with momentum 0.3 and rate 0.7, as in NoLoCo's
  comparison. In the long run an outer step of rate β and momentum α moves β/(1 − α) times the mean Δ: 1.4 times with
  NoLoCo, once with DiLoCo, and local SGD's mean is once Δ. Local SGD averages after 50 steps, data-parallel training gradients in each.
- Data-parallel on IID data is run with 4 replicas of larger batches, whose mean gradient is that of the replicas'
  smaller ones. With 16 or 32 replicas of Dirichlet data it is run on request (\`--only\`): all send to all.
- Accuracy and loss of replicas are on the first 1,000 test images, at the end on all 10,000; those of the mean of
  their weights always on all.
- A replica sends 2 · 199,210 numbers in an outer step of NoLoCo (\`communication: combined\` sends half) and, in an all-reduce
  by ring, 2 · 199,210 · (N − 1)/N in one of DiLoCo or local SGD, and in every step of data-parallel training.
`;
}
