/**
 * The training objective: the loss of one prediction and, for distillation, the teacher. A model makes one prediction
 * for an example, or one for each token where it gives a sequence of logits.
 */
import { array, describeShape } from './layers/shape.js';
import type { Model } from './model.js';

/**
 * −Σ q log softmax(z), where q is (1 − smoothing) at the label, plus smoothing / classes everywhere (Szegedy et al.
 * 2016, section 7).
 */
export interface CrossEntropy {
  readonly kind: 'cross-entropy';
  readonly smoothing: number;
}

/** The mean over the classes of (z − y)², where y is 1 at the label and 0 elsewhere. */
export interface SquaredError {
  readonly kind: 'squared-error';
}

/**
 * (1 − weight) · cross-entropy + weight · T² · KL(softmax(t / T) ‖ softmax(z / T)) with a teacher's logits t for the
 * same inputs (Hinton, Vinyals & Dean 2015, section 2).
 */
export interface Distillation {
  readonly kind: 'distillation';
  readonly temperature: number;
  readonly weight: number;
}

/** The loss as kernels need it. */
export type Loss = CrossEntropy | SquaredError | Distillation;

/** The network whose logits a distilled one learns to reproduce. */
export interface Teacher {
  readonly model: Model;
  readonly weights: Float32Array;
}

/** Plain data. */
export type Objective = CrossEntropy | SquaredError | (Distillation & { readonly teacher: Teacher });

/** The objective of recipes that name none, and the measure of models that were trained with another likelihood. */
export const crossEntropy: CrossEntropy = { kind: 'cross-entropy', smoothing: 0 };

/** The objective without its teacher. */
export function lossOf(objective: Objective): Loss {
  if (objective.kind !== 'distillation') return objective;
  const { teacher, ...loss } = objective;
  return loss;
}

/**
 * The loss of evaluations: squared error if that is the objective, else plain cross-entropy, so that runs with and
 * without smoothing or a teacher can be compared.
 */
export const evaluationLoss = (objective: Objective): CrossEntropy | SquaredError =>
  objective.kind === 'squared-error' ? objective : crossEntropy;

/** @throws RangeError if the teacher takes other inputs than the model, or gives other logits */
export function checkObjective(objective: Objective, { spec, layers }: Model): void {
  if (objective.kind !== 'distillation') return;
  const { model } = objective.teacher;
  const pairs = [
    [array(...model.spec.input), array(...spec.input), 'takes'],
    [model.layers.at(-1)?.output, layers.at(-1)?.output, 'gives'],
  ] as const;
  for (const [teacher, student, does] of pairs) {
    if (teacher === undefined || student === undefined) continue;
    if (JSON.stringify(teacher) === JSON.stringify(student)) continue;
    throw new RangeError(
      `its teacher ${does} ${describeShape(teacher)}, it ${does} ${describeShape(student)}`,
    );
  }
}
