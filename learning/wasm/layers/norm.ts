/** Normalisation in WebAssembly. */
import type { BatchNormLayer, GroupNormLayer, LayerNormLayer } from '../../layers/norm.js';
import {
  emitFixed,
  emitNormalise,
  emitNormBackward,
  emitRunning,
  emitStatistics,
  type NormPlan,
} from '../kernels/norm.js';
import type { Draft, Kernels, Operator, Planner, Site } from '../operator.js';
import type { Tensor } from '../../manifest.js';
import { exampleBytes, type Layout } from '../slots.js';
import { gathered } from './gathered.js';

/** How a pass is cut into blocks that are normalised by themselves. */
interface Blocks {
  readonly groups: number;
  /** Positions of a block: a number, or those of the whole pass. */
  readonly positions: number | 'all';
  /** How much of running statistics is kept, where there are any. */
  readonly momentum?: number;
}

type Find = (name: string) => Tensor;

export const planLayerNorm: Planner<LayerNormLayer> = (_, input, tensor) => [
  norm(input, tensor, { groups: 1, positions: 1 }),
];

export const planGroupNorm: Planner<GroupNormLayer> = ({ layer }, input, tensor) => [
  norm(input, tensor, { groups: layer.groups, positions: input.positions }),
];

export const planBatchNorm: Planner<BatchNormLayer> = ({ layer }, input, tensor) => [
  {
    ...norm(input, tensor, { groups: input.channels, positions: 'all', momentum: layer.momentum }),
    statistics: ['mean', 'variance'].map((name) => vector(input, tensor(name))),
    wholeBatch: true,
  },
];

/** A number a channel: a panel's row of biases without a kernel. */
const vector = ({ channels }: Layout, { offset }: Tensor) => ({
  biasOffset: offset,
  units: channels,
  ...{ runs: 0, run: 0, paddedRun: 0 },
});

const norm = (input: Layout, tensor: Find, blocks: Blocks): Draft => ({
  weights: [vector(input, tensor('scale')), vector(input, tensor('shift'))],
  output: { ...input, relu: false },
  place: (site) => operator(site, blocks),
});

function operator(site: Site, { groups, positions, momentum }: Blocks): Operator {
  const { panels, statistics, input, output, distance, rows: most, reserve } = site;
  const { channels, stride } = input;
  const [scale, shift] = panels;
  const each = positions === 'all' ? 1 : input.positions / positions;
  const vectorBytes = 4 * stride;
  const blocks = positions === 'all' ? 1 : most * each;
  const stats = reserve(2 * blocks * vectorBytes);
  const plan: NormPlan = {
    ...{ channels, stride, groups },
    ...{ scale: scale.panels, shift: shift.panels },
    sums: reserve(2 * vectorBytes),
    toInverse: blocks * vectorBytes,
    relu: input.relu,
  };
  const toOutputDelta = output.deltas - input.values;

  const first = input.values;
  const last = (rows: number) => first + rows * exampleBytes(input);
  /** Bytes of a block, and how many numbers a group has in it. */
  const blockBytes = (rows: number) => (positions === 'all' ? last(rows) - first : positions * vectorBytes);
  const groupNumbers = (rows: number) => ((blockBytes(rows) / vectorBytes) * channels) / groups;
  const measured = (kernels: Kernels) => {
    const [statisticsOf, running] = kernels('statistics', () => [
      emitStatistics(plan),
      emitRunning(plan, momentum ?? 0),
    ]);
    return (rows: number) => {
      const count = groupNumbers(rows);
      statisticsOf(first, last(rows), blockBytes(rows), stats, count);
      if (momentum !== undefined) running(stats, statistics[0].panels, statistics[1].panels, count);
    };
  };
  const fixed = (kernels: Kernels) => {
    const [set] = kernels('fixed', () => [emitFixed(plan)]);
    return () => set(stats, statistics[0].panels, statistics[1].panels);
  };

  return {
    forward: (kernels, { sink, frozen }) => {
      const byRunning = momentum !== undefined && (sink === undefined || frozen);
      const prepare = byRunning ? fixed(kernels) : measured(kernels);
      const [normalise] = kernels('normalise', () => [emitNormalise(plan)]);
      return (rows) => {
        prepare(rows);
        normalise(first, last(rows), blockBytes(rows), stats, output.values);
      };
    },
    backward: (kernels, sink, below) => {
      const { begin, end: finish } = gathered(kernels, site, sink);
      const [backward] = kernels('backward', () => [emitNormBackward(plan, distance.gradient)]);
      const toDelta = below && input.deltas !== undefined ? input.deltas - input.values : 0;
      return (rows) => {
        begin();
        backward(first, last(rows), blockBytes(rows), stats, toOutputDelta, toDelta, groupNumbers(rows));
        finish();
      };
    },
  };
}
