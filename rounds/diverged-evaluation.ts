/**
 * Evaluations that are no result: a loss that is not finite means that training has diverged, though every answer was
 * finite. Its hits would count a NaN as class 0.
 */
import { DivergedError } from '../errors/index.js';

/** The summed loss of a node's model on one set of examples. */
interface NodeLoss {
  readonly node: number;
  readonly on: 'test' | 'validation' | 'own';
  readonly lossSum: number;
}

/** What a model was evaluated on, as sentences say it. */
export type EvaluatedOn =
  | 'test'
  | 'validation'
  | { readonly client: number }
  | { readonly node: number; readonly on: NodeLoss['on'] };

const sets = { test: 'the test set', validation: 'the validation part', own: 'its own examples' } as const;

/** The error that tests of nodes are, of the first node on the first set; none where all losses are finite. */
export function divergedNode(
  recipe: { readonly algorithm: unknown },
  round: number,
  tested: readonly NodeLoss[],
): DivergedError | undefined {
  const lost = tested.filter(({ lossSum }) => !Number.isFinite(lossSum)).sort((a, b) => a.node - b.node);
  const inOrder = (['test', 'validation', 'own'] as const).flatMap(
    (set) => lost.find(({ on }) => on === set) ?? [],
  );
  const first = inOrder.at(0);
  return first && divergedEvaluation(recipe, round, first, first.lossSum);
}

/** The error that an evaluation after a round is; none where its loss is finite. */
export function divergedEvaluation(
  { algorithm }: { readonly algorithm: unknown },
  round: number,
  on: EvaluatedOn,
  loss: number,
): DivergedError | undefined {
  if (Number.isFinite(loss)) return undefined;
  return new DivergedError(round, undefined, algorithm, `${sentenceOf(on)} is ${loss}`);
}

function sentenceOf(on: EvaluatedOn): string {
  if (typeof on === 'string') return `the model's loss on ${sets[on]}`;
  return 'node' in on
    ? `node ${on.node}'s loss on ${sets[on.on]}`
    : `the model's loss on the examples of client ${on.client}`;
}
