/** What an engine is asked for must fit the model: each complaint is one sentence. */
import { checkBatchOf } from './batch-of-one.js';
import { momentNames, type Examples, type TrainRequest } from './engine.js';
import { layerWith, type Model } from './model.js';

/** @throws RangeError */
export function checkWeights(model: Model, values: Float32Array, what = 'weights'): void {
  if (values.length !== model.manifest.length) {
    throw new RangeError(
      `the model has ${model.manifest.length} weights, but ${what} has ${values.length} numbers`,
    );
  }
}

/** @throws RangeError */
export function checkNotEmpty(examples: Examples): void {
  if (examples.count === 0)
    throw new RangeError('there are no examples: a shard needs at least one to train on');
}

/** @throws RangeError */
function checkChance({ layers }: Model, chance: unknown): void {
  if (chance !== undefined || layerWith('random', layers) === undefined) return;
  throw new RangeError('the model drops values by chance, and this training has no stream for it');
}

/** @throws RangeError */
export function checkGradient(
  model: Model,
  weights: Float32Array,
  examples: Examples,
  chance: readonly [number, number] | undefined,
): void {
  checkChance(model, chance);
  checkWeights(model, weights);
  checkNotEmpty(examples);
  checkBatchOf(examples.count, model);
}

/** @throws RangeError */
export function checkTrainRequest(request: TrainRequest): void {
  checkChance(request.model, request.chance);
  const { model, examples, batchSize, amount, clip, frozenLayers = 0, cursor } = request;
  checkWeights(model, request.weights);
  checkNotEmpty(examples);
  checkOptimizerState(request);
  if (request.proximal) checkWeights(model, request.proximal.anchor, 'proximal.anchor');
  if (request.linear) checkWeights(model, request.linear, 'linear');
  if (batchSize !== 'all' && !isWhole(batchSize, 1)) {
    throw new RangeError(`batchSize must be a whole number from 1 on, or 'all', not ${batchSize}`);
  }
  const [unit, wanted] = 'epochs' in amount ? ['epochs', amount.epochs] : ['steps', amount.steps];
  if (!isWhole(wanted, 0))
    throw new RangeError(`amount.${unit} must be a whole number from 0 on, not ${wanted}`);
  if (clip !== undefined && !(clip > 0)) throw new RangeError(`clip must be a positive norm, not ${clip}`);
  const layers = model.spec.layers.length;
  if (!(isWhole(frozenLayers, 0) && frozenLayers <= layers)) {
    throw new RangeError(`frozenLayers must be a whole number from 0 to ${layers}, not ${frozenLayers}`);
  }
  if (
    cursor &&
    !(isWhole(cursor.epoch, 0) && isWhole(cursor.position, 0) && cursor.position <= examples.count)
  ) {
    throw new RangeError(
      `the cursor (epoch ${cursor.epoch}, position ${cursor.position}) is not a place in epochs of ${examples.count} examples`,
    );
  }
}

function checkOptimizerState({ model, optimizer, optimizerState: state }: TrainRequest): void {
  if (state === undefined) return;
  if (!isWhole(state.steps, 0)) {
    throw new RangeError(`optimizerState.steps must be a whole number from 0 on, not ${state.steps}`);
  }
  for (const name of momentNames(optimizer)) {
    if (!(name in state.moments)) {
      throw new RangeError(`the optimizer '${optimizer.kind}' keeps ${name}, which optimizerState lacks`);
    }
    checkWeights(model, state.moments[name], name);
  }
}

/** @throws RangeError where the order of an epoch has another length than the examples */
export function checkOrder(order: Uint32Array, count: number, epoch: number): void {
  if (order.length !== count) {
    throw new RangeError(
      `the order of epoch ${epoch} names ${order.length} examples, but there are ${count}`,
    );
  }
}

/** @throws RangeError */
export function checkRange(from: number, to: number, count: number): void {
  if (!(isWhole(from, 0) && isWhole(to, from) && to <= count)) {
    throw new RangeError(`examples ${from} to ${to} are not a part of ${count} examples`);
  }
}

const isWhole = (value: number, least: number) => Number.isInteger(value) && value >= least;
