/** A finished run of a sweep as one line of experiments/results/sweeps/NAME.jsonl: what its tables and plots need. */
import { z } from 'zod';
import type { PopulationEvent, RunRecord } from '../../records/index.js';
import { curveOf, type Curve } from '../analysis/curve.js';
import { progressOf, type Progress } from '../analysis/progress.js';
import type { AnalysedRun } from '../analysis/run.js';

const label = z.union([z.string(), z.number(), z.boolean()]);
const numbers = z.array(z.number());
const spread = z.object({ mean: z.number(), least: z.number(), most: z.number() });

/** The first line: what the runs are of. */
export const headSchema = z.object({
  sweep: z.string(),
  /** How many runs the sweep has. */
  runs: z.number(),
  axes: z.array(z.object({ name: z.string(), values: z.array(label) })),
});

export const lineSchema = z.object({
  /** Of the result: of its recipe, data and the version of its bits. */
  key: z.string(),
  settings: z.record(z.string(), label),
  seed: z.number(),
  accuracy: z.number(),
  loss: z.number(),
  /** Gossip: `accuracy` and `loss` are means over the nodes' own models; this is their average model's. */
  averageModel: z.object({ accuracy: z.number(), loss: z.number() }).optional(),
  rounds: z.number(),
  skew: z.object({ effectiveClasses: spread, divergence: z.number(), sizeGini: z.number(), sizes: spread }),
  /** The accuracy on the validation part at the end. */
  validation: z.number().optional(),
  spectralGap: z.number().optional(),
  /** Gossip, at the end. */
  nodes: z
    .object({
      mean: z.number(),
      worst: z.number(),
      best: z.number(),
      deviation: z.number(),
      tested: z.number(),
      loss: z.number(),
    })
    .optional(),
  consensusDistance: z.number().optional(),
  /** On the test set, in columns; bytes, virtual time and local steps where they are known. */
  curve: z.object({
    round: numbers,
    accuracy: numbers,
    loss: numbers,
    bytes: numbers.optional(),
    time: numbers.optional(),
    steps: numbers.optional(),
  }),
  /** Gossip: the same of the average model. */
  averageModelCurve: z.object({ round: numbers, accuracy: numbers, loss: numbers }).optional(),
});

export type Head = z.output<typeof headSchema>;
export type Line = z.output<typeof lineSchema>;

export function lineOf({ settings, seed, record, progress, curve }: AnalysedRun): Line {
  const population = progress.populations.at(-1);
  const validation = progress.validation.at(-1)?.accuracy;
  const bytes = column(curve, ({ bytes }) => bytes);
  const time = column(curve, ({ time }) => time);
  return lineSchema.parse({
    key: record.resultKey,
    settings,
    seed,
    accuracy: record.accuracy,
    loss: record.loss,
    averageModel: record.averageModel,
    rounds: record.rounds,
    skew: record.skew,
    validation,
    spectralGap: record.topology?.spectralGap,
    nodes: population?.nodes,
    consensusDistance: population?.consensusDistance,
    curve: {
      round: curve.map(({ round }) => round),
      accuracy: curve.map(({ accuracy }) => rounded(accuracy)),
      loss: curve.map(({ loss }) => rounded(loss)),
      bytes,
      time,
      steps: column(curve, ({ steps }) => steps),
    },
    averageModelCurve: averageModelCurve(progress),
  });
}

function averageModelCurve({ test }: Progress): Line['averageModelCurve'] {
  const points = test.flatMap(({ round, averageModel }) =>
    averageModel ? [{ round, ...averageModel }] : [],
  );
  if (points.length === 0) return undefined;
  return {
    round: points.map(({ round }) => round),
    accuracy: points.map(({ accuracy }) => rounded(accuracy)),
    loss: points.map(({ loss }) => rounded(loss)),
  };
}

/** To six digits: a test set of 10,000 has four. */
const rounded = (value: number) => Number(value.toPrecision(6));

function column(curve: Curve, of: (point: Curve[number]) => number | undefined): number[] | undefined {
  const values = curve.map(of).filter((value) => value !== undefined);
  return values.length === curve.length ? values : undefined;
}

/** The run as the analysis takes it, without the graph and what only a page shows. */
export function runOf(line: Line, directory: string): AnalysedRun {
  const { key: resultKey, accuracy, loss, averageModel, rounds, skew } = line;
  const { spectralGap, curve, validation, seed, settings } = line;
  const at = (values: readonly number[] | undefined) => (round: number) =>
    values?.[curve.round.indexOf(round)];
  const progress = {
    ...progressOf([
      ...curve.round.map((round, i) => ({
        type: 'evaluation' as const,
        on: 'test' as const,
        round,
        accuracy: curve.accuracy[i],
        loss: curve.loss[i],
      })),
      ...(validation === undefined
        ? []
        : [
            {
              type: 'evaluation' as const,
              on: 'validation' as const,
              round: rounds,
              accuracy: validation,
              loss: NaN,
            },
          ]),
      ...populationOf(line),
    ]),
    bytesBy: at(curve.bytes),
    timeBy: at(curve.time),
    stepsBy: at(curve.steps),
  };
  const topology: Pick<RunRecord, 'topology'> =
    spectralGap === undefined ? {} : { topology: { kind: '', spectralGap, positions: [], edges: [] } };
  return {
    directory,
    settings,
    seed,
    record: { accuracy, loss, ...(averageModel && { averageModel }), rounds, resultKey, skew, ...topology },
    progress,
    curve: curveOf(progress),
  };
}

function populationOf({ nodes, consensusDistance, rounds }: Line): PopulationEvent[] {
  if (nodes === undefined || consensusDistance === undefined) return [];
  return [
    {
      type: 'population',
      round: rounds,
      consensusDistance,
      relativeConsensusDistance: NaN,
      varianceRatio: {},
      nodes,
      tested: [],
      accuracies: [],
      bytesSent: NaN,
      localSteps: NaN,
      virtualTime: NaN,
    },
  ];
}
