/** NoLoCo as its paper has it, on a language model: a small transformer of characters, with Adam as inner optimizer. */
import { table } from '../markdown.js';
import type { Cell, Results } from '../reproduction.js';
import { curveSchema, measure, type Curve } from './cells.js';
import { meanOfAll } from './recorded.js';
import { FLOOR, methodOf, seeds, STEPS, WARMUP, type Method } from './settings.js';

const replicaCounts = [4, 8] as const;
const methods = ['noloco', 'diloco-50', 'diloco-100', 'local-sgd'] as const satisfies readonly Method[];

/** Windows of 80 characters in an inner step, Adam's rate after the warm-up, and what gradients are clipped to. */
const [BATCH, RATE, CLIP] = [20, 0.003, 1];
/** Windows that replicas are tested on before the end. */
const EXAMPLES = 200;

/** Inner steps at which the table looks. */
const LOOKS = [200, 500, STEPS] as const;

function languageCell(replicas: number, method: (typeof methods)[number], seed: number): Cell<Curve> {
  const { every, algorithm } = methodOf(method);
  return {
    name: ['language', `N=${replicas}`, method, `seed=${seed}`].join('/'),
    recipe: {
      seed,
      data: { dataset: { kind: 'sotu', testFraction: 0.1 }, partition: { kind: 'iid', clients: replicas } },
      model: { kind: 'char-transformer' },
      topology: 'complete',
      algorithm: {
        ...algorithm,
        amount: { steps: every },
        batchSize: BATCH,
        clip: CLIP,
        optimizer: {
          kind: 'adam',
          learningRate: RATE,
          schedule: { kind: 'cosine', per: 'step', warmup: WARMUP, over: STEPS - WARMUP, floor: FLOOR },
        },
      },
      rounds: STEPS / every,
      evaluate: { every: 100 / every, nodes: replicas, examples: EXAMPLES },
    },
    recorded: curveSchema,
    run: (recipe, options) => measure(recipe, options, every),
  };
}

export const languageCells = seeds.flatMap((seed) =>
  replicaCounts.flatMap((replicas) => methods.map((method) => languageCell(replicas, method, seed))),
);

/** The mean over replicas and seeds of the loss in nats a character, by inner step. */
export function languageTable(results: Results): string {
  const lossAfter = (steps: number) => (curve: Curve) => curve.replicaLoss[curve.steps.indexOf(steps)];
  return table(
    ['replicas', 'method', ...LOOKS.map((steps) => `after ${steps} steps`), 'seeds'],
    2,
    replicaCounts.flatMap((replicas) =>
      methods.map((method) => {
        const curves = seeds.flatMap((seed) => results(languageCell(replicas, method, seed)) ?? []);
        return [
          String(replicas),
          methodOf(method).label,
          ...LOOKS.map((steps) => meanOfAll(curves.map(lossAfter(steps)))?.toFixed(3) ?? ''),
          String(curves.length || ''),
        ];
      }),
    ),
  );
}

/** What is run, in a sentence. */
export const languageSetting =
  `windows of 80 characters of the State of the Union addresses, dealt out at random, ${BATCH} in an inner step; ` +
  `the small char-transformer; Adam at ${RATE} after ${WARMUP} steps of warm-up, then a cosine down to ${100 * FLOOR} % of it; ` +
  `gradients clipped to ${CLIP}; ${STEPS} inner steps; losses are on ${EXAMPLES} windows, at the end on all`;
