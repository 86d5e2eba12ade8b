/**
 * Running statistics of batch norm (roles `norm.mean` and `norm.var`) among a model's weights. They are averaged and
 * never stepped: no optimizer, momentum, proximal term, decay, clip or distance touches them.
 */
import { view, type Manifest, type Tensor } from './manifest.js';

/** The name of a vector of running statistics alone, wherever one travels. */
export const STATISTICS = 'statistics';

export const isStatistic = ({ role }: Pick<Tensor, 'role'>): boolean =>
  role === 'norm.mean' || role === 'norm.var';

/** Places from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** Whether running statistics lie there; else parameters do, which optimizers step. */
  readonly isStatistic: boolean;
}

/** A manifest's places in ascending order, neighbours of one kind joined: one range where there are no statistics. */
export function rangesOf({ tensors }: Pick<Manifest, 'tensors'>): readonly Range[] {
  const ranges: Range[] = [];
  for (const tensor of tensors) {
    if (tensor.size === 0) continue;
    const { offset: start, size } = tensor;
    const last = ranges.at(-1);
    const next = { start, end: start + size, isStatistic: isStatistic(tensor) };
    if (last?.isStatistic === next.isStatistic) ranges[ranges.length - 1] = { ...last, end: next.end };
    else ranges.push(next);
  }
  return ranges;
}

/** Where parameters lie: all but running statistics. */
export const parameterRanges = (manifest: Pick<Manifest, 'tensors'>): readonly Range[] =>
  rangesOf(manifest).filter(({ isStatistic }) => !isStatistic);

export const hasStatistics = ({ tensors }: Pick<Manifest, 'tensors'>): boolean => tensors.some(isStatistic);

/** How many numbers the running statistics are. */
export const statisticsLength = ({ tensors }: Pick<Manifest, 'tensors'>): number =>
  tensors.filter(isStatistic).reduce((length, { size }) => length + size, 0);

/** A copy of the running statistics alone, in the manifest's order. */
export function takeStatistics({ tensors }: Manifest, values: Float32Array): Float32Array<ArrayBuffer> {
  const taken = new Float32Array(statisticsLength({ tensors }));
  let at = 0;
  for (const tensor of tensors.filter(isStatistic)) {
    taken.set(view(values, tensor), at);
    at += tensor.size;
  }
  return taken;
}

/** Puts running statistics in their places among `values`. */
export function putStatistics({ tensors }: Manifest, statistics: Float32Array, values: Float32Array): void {
  let at = 0;
  for (const tensor of tensors.filter(isStatistic)) {
    view(values, tensor).set(statistics.subarray(at, at + tensor.size));
    at += tensor.size;
  }
}

/** Zero at every running statistic. */
export function clearStatistics({ tensors }: Manifest, values: Float32Array | Float64Array): void {
  for (const { offset, size } of tensors.filter(isStatistic)) values.fill(0, offset, offset + size);
}
