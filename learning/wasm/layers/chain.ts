/** Operators one after another, within an operator. */
import type { Draft, Kernels, Operator, PanelsOf, Site } from '../operator.js';
import { exampleBytes, type Layout, type Slot } from '../slots.js';

/** What the drafts need together. */
export function needsOf(drafts: readonly Draft[]) {
  return {
    weights: drafts.flatMap(({ weights }) => weights),
    statistics: drafts.flatMap(({ statistics = [] }) => statistics),
    bytes: drafts.reduce((sum, { output, bytes = 0 }) => sum + 2 * exampleBytes(output) + bytes, 0),
    wholeBatch: drafts.some(({ wholeBatch }) => wholeBatch),
    random: drafts.some(({ random }) => random),
  };
}

/** The drafts' layout at their end. */
export const layoutAfter = (drafts: readonly Draft[], input: Layout): Layout =>
  drafts.at(-1)?.output ?? input;

/**
 * Places operators between two slots, of which the last is theirs to fill.
 * @param taken weights and statistics of the site that belong to them
 */
export function placeChain(
  drafts: readonly Draft[],
  site: Omit<Site, 'panels' | 'statistics'>,
  taken: PanelsOf,
): Operator {
  const { rows, reserve } = site;
  const [weights, statistics] = [[...taken.panels], [...taken.statistics]];
  let input = site.input;
  const operators = drafts.map(
    ({ weights: own, statistics: ownStatistics = [], output: made, place }, index) => {
      const values = () => reserve(rows * exampleBytes(made));
      const output: Slot & { deltas: number } =
        index === drafts.length - 1 ? site.output : { ...made, values: values(), deltas: values() };
      const operator = place({
        ...site,
        panels: weights.splice(0, own.length),
        statistics: statistics.splice(0, ownStatistics.length),
        ...{ input, output, readsStored: false },
      });
      input = output;
      return operator;
    },
  );
  const kernelsOf =
    (kernels: Kernels, index: number): Kernels =>
    (name, emit) =>
      kernels(`${index} ${name}`, emit);
  return {
    forward: (kernels, purpose) => {
      const steps = operators.map((operator, i) => operator.forward(kernelsOf(kernels, i), purpose));
      return (rowsNow, feed) => {
        for (const step of steps) step(rowsNow, feed);
      };
    },
    backward: (kernels, sink, below) => {
      const steps = operators
        .map((operator, i) => operator.backward(kernelsOf(kernels, i), sink, below || i > 0))
        .reverse();
      return (rowsNow, feed) => {
        for (const step of steps) step(rowsNow, feed);
      };
    },
  };
}
