/** The runs, and what is recorded of each: loss, accuracy and spread of the replicas after each outer step. */
import { z } from 'zod';
import { DivergedError } from '../../../errors/index.js';
import type { Recipe } from '../../../recipe/index.js';
import type { RunEvent } from '../../../records/index.js';
import { simulate, type SimulateOptions } from '../../../simulator/index.js';
import type { Cell } from '../reproduction.js';
import {
  BATCH,
  FLOOR,
  graphOf,
  methodOf,
  nameOf,
  RATE,
  splitOf,
  STEPS,
  WARMUP,
  type Setting,
} from './settings.js';

const numbers = z.array(z.number());

/** Lists are parallel: an entry for each time that the replicas were measured. */
export const curveSchema = z.object({
  /** Inner steps that each replica has taken. */
  steps: numbers,
  /** On 1,000 test images of each replica, at the end on all: the mean over replicas. */
  replicaAccuracy: numbers,
  replicaLoss: numbers,
  /** Of the mean of all replicas' weights, on the whole test set. */
  averageAccuracy: numbers,
  averageLoss: numbers,
  /** √(Σᵢ ‖φᵢ − φ̄‖² / (N d)). */
  spread: numbers,
  /** Sent by all replicas since the start. */
  bytes: numbers,
  worst: z.number(),
  best: z.number(),
  parameters: z.number(),
  /** Of the graph, with Metropolis–Hastings weights. */
  spectralGap: z.number().optional(),
  ended: z.enum(['rounds', 'diverged']),
  weightsSha256: z.string().optional(),
});
export type Curve = z.output<typeof curveSchema>;

export const cellOf = (setting: Setting, seed: number): Cell<Curve> => ({
  name: nameOf(setting, seed),
  recipe: recipeOf(setting, seed),
  onRequest: takesLong(setting),
  recorded: curveSchema,
  run: (recipe, options) => measure(recipe, options, methodOf(setting.method).every),
});

/** In data-parallel training all send to all in each step: with many replicas that takes an hour. */
const takesLong = ({ method, split, replicas }: Setting) =>
  method === 'data-parallel' && split !== 'iid' && replicas > 8;

/** How many replicas stand for more in data-parallel training on IID data. */
const STAND_INS = 4;

function recipeOf(setting: Setting, seed: number): Readonly<Record<string, unknown>> {
  const { dataset, split, method, graph = 'complete', alpha, gamma, rate } = setting;
  const { every, algorithm } = methodOf(method);
  const isGradient = method === 'data-parallel';
  // The mean gradient of N batches of IID data is that of fewer, larger batches.
  const replicas = isGradient && split === 'iid' ? STAND_INS : setting.replicas;
  return {
    seed,
    data: { dataset, partition: { ...splitOf(split), clients: replicas } },
    model: '2nn',
    topology: graphOf(graph),
    algorithm: {
      ...algorithm,
      ...(alpha !== undefined && { alpha }),
      ...(gamma !== undefined && { gamma, allowUnstable: true }),
      ...(isGradient ? {} : { amount: { steps: every } }),
      batchSize: (BATCH * setting.replicas) / replicas,
      optimizer: { kind: 'sgd', ...(rate === undefined ? scheduled : { learningRate: rate }) },
    },
    rounds: STEPS / every,
    evaluate: { every: Math.max(1, 50 / every), nodes: replicas },
  };
}

/** A warm-up and a cosine over the inner steps. */
export const scheduled = {
  learningRate: RATE,
  schedule: { kind: 'cosine', per: 'step', warmup: WARMUP, over: STEPS - WARMUP, floor: FLOOR },
};

/** @param every inner steps in a round */
export async function measure(recipe: Recipe, options: SimulateOptions, every: number): Promise<Curve> {
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => events.push(event);
  try {
    const { record } = await simulate(recipe, { ...options, onEvent });
    return {
      ...curve(events, every, record.parameters),
      ...(record.topology?.spectralGap !== undefined && { spectralGap: short(record.topology.spectralGap) }),
      ended: 'rounds',
      weightsSha256: record.weightsSha256,
    };
  } catch (error) {
    if (error instanceof DivergedError) return { ...curve(events, every, 1), ended: 'diverged' };
    throw error;
  }
}

function curve(
  events: readonly RunEvent[],
  every: number,
  parameters: number,
): Omit<Curve, 'ended' | 'spectralGap' | 'weightsSha256'> {
  const populations = events.filter((event) => event.type === 'population');
  const evaluations = events.filter((event) => event.type === 'evaluation');
  const last = populations.at(-1)?.nodes;
  return {
    steps: populations.map(({ round }) => round * every),
    replicaAccuracy: populations.map(({ nodes }) => short(nodes?.mean ?? NaN)),
    replicaLoss: populations.map(({ nodes }) => short(nodes?.loss ?? NaN)),
    averageAccuracy: evaluations.map(({ averageModel }) => short(averageModel?.accuracy ?? NaN)),
    averageLoss: evaluations.map(({ averageModel }) => short(averageModel?.loss ?? NaN)),
    spread: populations.map((event) => short(event.consensusDistance / Math.sqrt(parameters))),
    bytes: populations.map(({ bytesSent }) => bytesSent),
    worst: last?.worst ?? 0,
    best: last?.best ?? 0,
    parameters,
  };
}

const short = (value: number) => Number(value.toPrecision(5));
