/** What a thread does for a node: a list of effects on the node's vectors, with the vectors of messages. */
import { WEIGHTS, type Effect, type LocalTraining, type Term } from '../algorithms/index.js';
import type { Thread, ThreadTask } from '../execution/index.js';
import {
  changedExamples,
  clearStatistics,
  learningRate,
  parameterRanges,
  putStatistics,
  takeStep,
  type Transform,
  type Cursor,
  type Engine,
  type Examples,
} from '../learning/index.js';
import { mergeRules, takePart, tensorVariances, type MergeRule, type Part } from '../merging/index.js';
import { permutation, stream, twoIntegers } from '../numerics/index.js';
import { startingWeights, type Federation } from '../recipe/index.js';
import { combiner } from './combine.js';
import type { OwnEffect } from './effects.js';
import { encodeOr } from '../rounds/index.js';
import { vectorOpener } from './open-vectors.js';
import type { Place, Places } from './slabs.js';

/** An effect as a thread performs it. What messages carry is encoded and copied where it is not the vector as it is. */
export type Operation =
  | (OwnEffect & {
      /** Where vectors go that the effect changes, if not where they were: messages still hold those. */
      readonly moves: Places;
    })
  | { readonly kind: 'copy'; readonly part?: Part | undefined; readonly into: Places };

export interface ProgramTask {
  readonly node: number;
  readonly round: number;
  /** The node's vectors before the operations. */
  readonly own: Places;
  /** What its optimizer remembers: the steps taken before, and moments, which are changed where they are. */
  readonly optimizer: { readonly steps: number; readonly moments: Places };
  /** The vectors of the messages that the operations name by their place in the list. */
  readonly received: readonly Places[];
  readonly operations: readonly Operation[];
  /** Batches that the node has used up before. */
  readonly trained: number;
}

export interface ProgramResult {
  /** Sum of the losses over the examples trained on, and how many these were. */
  readonly lossSum: number;
  readonly examples: number;
  /** Factors of the variance correction, one a tensor and merge, and how many of them were clamped. */
  readonly factors: readonly number[];
  readonly clamped: number;
}

/** What is drawn for a node's epoch: the order of its examples, and how they change. */
interface Epoch {
  readonly epoch: number;
  readonly order: Uint32Array;
  readonly change: Transform;
}

const unchanged: Transform = () => undefined;

/** How many nodes' epochs a thread remembers. */
const REMEMBERED = 4096;

/** A node's work. A thread remembers only what it could compute again. */
export const program: ThreadTask<ProgramTask, ProgramResult> = {
  name: 'program',
  prepare: programPerformer,
};

function programPerformer(
  federation: Federation,
  engine: Engine,
  thread: Thread,
): (task: ProgramTask) => ProgramResult {
  const { recipe, model, codec, augment } = federation;
  const { manifest } = model;
  const combine = combiner(manifest);
  const ranges = parameterRanges(manifest);
  const rules = new Map<string, MergeRule>();
  const epochs = new Map<number, Epoch>();
  let initialVariance: ArrayLike<number> | undefined;

  function ruleOf(choice: Extract<Effect, { kind: 'merge' }>['rule']): MergeRule {
    const key = JSON.stringify(choice);
    const known = rules.get(key);
    if (known) return known;
    initialVariance ??= tensorVariances({ values: startingWeights(federation), manifest });
    const rule = mergeRules.create(choice, { manifest, initialVariance });
    rules.set(key, rule);
    return rule;
  }

  function epochsOf(node: number, examples: number) {
    return (epoch: number): Epoch => {
      const known = epochs.get(node);
      if (known?.epoch === epoch) return known;
      if (epochs.size >= REMEMBERED) epochs.clear();
      const drawn = {
        epoch,
        order: permutation(stream(recipe.seed, 'client', node, 'epoch', epoch), examples),
        change: augment?.(stream(recipe.seed, 'client', node, 'augment', epoch), examples) ?? unchanged,
      };
      epochs.set(node, drawn);
      return drawn;
    };
  }

  const { open, read, write } = vectorOpener(thread);
  const openAll = (places: Places): Record<string, Float32Array> =>
    Object.fromEntries(Object.entries(places).map(([name, place]) => [name, open(place)]));

  return ({ node, round, operations, trained, ...task }) => {
    const own = openAll(task.own);
    const moments = openAll(task.optimizer.moments);
    const known = new Map<Place, Float32Array>();
    /** A message's vector, decoded once, where an operation reads it. */
    function received(message: number, name: string): Float32Array {
      const place = task.received[message][name];
      const vector = known.get(place) ?? read(place);
      known.set(place, vector);
      return vector;
    }
    const examples = federation.shard(node);
    const epochOf = epochsOf(node, examples.count);
    const factors: number[] = [];
    let clamped = 0;
    let steps = trained;
    let optimizerSteps = task.optimizer.steps;
    let lossSum = 0;
    let seen = 0;

    /** What dropout follows from in a step or in a pass for a gradient, counted over the node's batches. */
    const chanceOf = (batch: number) => twoIntegers(stream(recipe.seed, 'client', node, 'chance', batch));

    /** The weights where an operation changes some of them. */
    function movedWeights(moves: Places): Float32Array {
      const before = own.weights;
      const weights = target(WEIGHTS, moves);
      if (weights !== before) weights.set(before);
      return weights;
    }

    /** Where an operation has to write one of the own vectors, which is that vector from then on. */
    function target(name: string, moves: Places): Float32Array {
      if (name in moves) own[name] = open(moves[name]);
      return own[name];
    }

    function train({ batchSize, amount, optimizer, clip }: LocalTraining, moves: Places): void {
      const before = steps;
      const result = engine.train({
        model,
        weights: own.weights,
        examples,
        order: (epoch) => epochOf(epoch).order,
        ...(augment && { augment: (epoch) => epochOf(epoch).change }),
        batchSize,
        amount,
        cursor: cursorAfter(before, batchSize, examples.count),
        optimizer,
        rate: (step) => learningRate(optimizer, { round, step: before + step }),
        chance: (step) => chanceOf(before + step),
        optimizerState: { steps: optimizerSteps, moments },
        ...(clip && { clip }),
      });
      target(WEIGHTS, moves).set(result.weights);
      engine.recycle?.(result.weights.buffer);
      for (const [name, moment] of Object.entries(result.optimizerState?.moments ?? {})) {
        moments[name].set(moment);
        if (moment.buffer instanceof ArrayBuffer) engine.recycle?.(moment.buffer);
      }
      const count = examplesIn(before, result.steps, batchSize, examples.count);
      lossSum += result.loss * count;
      seen += count;
      steps += result.steps;
      optimizerSteps += result.steps;
    }

    function step({ along, optimizer, clip, moves }: Extract<Operation, { kind: 'step' }>): void {
      const gradient = combine(sourcesOf(along), new Float64Array(own.weights.length));
      clearStatistics(manifest, gradient);
      const weights = movedWeights(moves);
      const rate = learningRate(optimizer, { round, step: optimizerSteps });
      takeStep({ weights, gradient, optimizer, rate, steps: optimizerSteps, moments, ranges, clip });
      optimizerSteps++;
    }

    /** The vectors of a sum, as they are now. */
    const sourcesOf = (terms: readonly Term[]) =>
      terms.map(({ of, ...coefficients }) => ({
        ...coefficients,
        values: 'own' in of ? own[of.own] : received(of.message, of.vector),
      }));

    for (const operation of operations) {
      switch (operation.kind) {
        case 'train':
          train(operation, operation.moves);
          break;
        case 'gradient': {
          const batch = batchAt(
            examples,
            epochOf,
            cursorAfter(steps, operation.batchSize, examples.count),
            operation.batchSize,
          );
          const { gradient, loss, statistics } = engine.gradient(model, own.weights, batch, chanceOf(steps));
          target(operation.into, operation.moves).set(gradient);
          if (statistics.length > 0) {
            putStatistics(manifest, statistics, movedWeights(operation.moves));
          }
          lossSum += loss * batch.count;
          seen += batch.count;
          steps++;
          break;
        }
        case 'merge': {
          const { weights } = own;
          const { report } = ruleOf(operation.rule).merge({
            own: { weights, ...operation.own },
            ...(operation.share !== undefined && { share: operation.share }),
            received: operation.received.map(({ message, ...standing }) => ({
              weights: received(message, WEIGHTS),
              ...standing,
            })),
            stream: (...name) => stream(recipe.seed, 'node', node, 'round', round, 'merge', ...name),
            into: target(WEIGHTS, operation.moves),
          });
          for (const [name, count] of Object.entries(report.counts)) if (name === 'clamped') clamped += count;
          for (const [name, figure] of Object.entries(report.figures)) {
            if (name.startsWith('factor/')) factors.push(figure);
          }
          break;
        }
        case 'combine': {
          const sources = sourcesOf(operation.terms);
          combine(sources, target(operation.into, operation.moves));
          break;
        }
        case 'step':
          step(operation);
          break;
        case 'copy':
          for (const [name, place] of Object.entries(operation.into)) {
            const { part } = operation;
            const sent = part ? takePart(own[name], part) : own[name];
            write(place, encodeOr(codec, sent, `round ${round + 1}, node ${node}`));
          }
      }
    }
    return { lossSum, examples: seen, factors, clamped };
  };
}

const stepsPerEpoch = (batchSize: number | 'all', examples: number) =>
  batchSize === 'all' ? 1 : Math.ceil(examples / batchSize);

/** Where a node stands after so many steps. */
function cursorAfter(steps: number, batchSize: number | 'all', examples: number): Cursor {
  const perEpoch = stepsPerEpoch(batchSize, examples);
  const position = batchSize === 'all' ? 0 : (steps % perEpoch) * batchSize;
  return { epoch: Math.floor(steps / perEpoch), position };
}

/** How many examples `count` steps after the first `from` train on. */
function examplesIn(from: number, count: number, batchSize: number | 'all', examples: number): number {
  const upTo = (steps: number) => {
    const { epoch, position } = cursorAfter(steps, batchSize, examples);
    return epoch * examples + position;
  };
  return upTo(from + count) - upTo(from);
}

/** The examples of one batch, as a set of their own. */
function batchAt(
  examples: Examples,
  epochOf: (epoch: number) => Epoch,
  { epoch, position }: Cursor,
  batchSize: number | 'all',
): Examples {
  const end = batchSize === 'all' ? examples.count : Math.min(position + batchSize, examples.count);
  const { order, change } = epochOf(epoch);
  const chosen = order.subarray(position, end);
  const read = changedExamples(examples, change);
  return {
    count: chosen.length,
    input: examples.input,
    copyInput: (index, into, at) => {
      read.copyInput(chosen[index], into, at);
    },
    label: (index) => examples.label(chosen[index]),
  };
}
