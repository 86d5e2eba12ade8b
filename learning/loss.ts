/** What training minimises: the loss of one example, or of one token where a model gives a sequence of logits. */
import type { Model } from './model.js';

export type Loss =
  /**
   * −Σ q log softmax(z), where q is (1 − smoothing) at the label, plus smoothing / classes everywhere (Szegedy et al.
   * 2016, section 7).
   */
  | { readonly kind: 'cross-entropy'; readonly smoothing: number }
  /** The mean over the classes of (z − y)², where y is 1 at the label and 0 elsewhere. */
  | { readonly kind: 'squared-error' }
  /**
   * (1 − weight) · cross-entropy + weight · T² · KL(softmax(t / T) ‖ softmax(z / T)) with a teacher's logits t for the
   * same inputs (Hinton, Vinyals & Dean 2015, section 2).
   */
  | { readonly kind: 'distillation'; readonly temperature: number; readonly weight: number };

/** The network that a distilled one learns from. */
export interface Teacher {
  readonly model: Model;
  readonly weights: Float32Array;
}

const crossEntropy: Loss = { kind: 'cross-entropy', smoothing: 0 };

/** A model's loss; where its specification names none, cross-entropy. */
export const lossOf = ({ spec: { loss = crossEntropy } }: Pick<Model, 'spec'>): Loss => loss;

/**
 * The model as it is evaluated: with the squared error where it was trained with that, else with cross-entropy alone, so
 * that runs with and without smoothing or a teacher can be compared.
 */
export const evaluated = (model: Model): Model =>
  lossOf(model).kind === 'squared-error' ? model : withCrossEntropy(model);

/** The model with its softmax's likelihood as its loss. */
export function withCrossEntropy({ teacher, ...model }: Model): Model {
  const { loss, ...spec } = model.spec;
  return { ...model, spec };
}

/** @throws RangeError where a model is to be distilled and has no teacher, or one for other logits */
export function teacherOf(model: Model): Teacher | undefined {
  if (lossOf(model).kind !== 'distillation') return undefined;
  if (model.teacher === undefined)
    throw new RangeError('the loss is distillation, but the model has no teacher');
  return model.teacher;
}
