/** Residual connections in WebAssembly: two chains of operators on one input, and the sum of both. */
import type { LayerOf } from '../../layers/index.js';
import type { PlacedLayer } from '../../model.js';
import { emitAdd, emitAddTo, emitMask } from '../kernels/sums.js';
import type { Draft, Operator, Planner, Site } from '../operator.js';
import { exampleBytes, type Layout, type Slot } from '../slots.js';
import { layoutAfter, needsOf, placeChain } from './chain.js';

export const planResidual: Planner<LayerOf<'residual'>> = ({ name, branches }, input, tensor, planLayers) => {
  if (branches === undefined) throw new TypeError('a residual without its layers');
  const draftsOf = (placed: readonly PlacedLayer[]) =>
    planLayers(placed, input, (full) => tensor(full.slice(name.length + 1))).map(({ draft }) => draft);
  const [inside, around] = [draftsOf(branches.inside), draftsOf(branches.around)];
  if (inside.length === 0) throw new RangeError(`${name} has no layers that do anything`);
  const [own, others] = [needsOf(inside), needsOf(around)];
  return [
    {
      weights: [...own.weights, ...others.weights],
      statistics: [...own.statistics, ...others.statistics],
      bytes: own.bytes + others.bytes,
      wholeBatch: own.wholeBatch || others.wholeBatch,
      random: own.random || others.random,
      output: { ...layoutAfter(inside, input), relu: false },
      place: (site) => residual(site, inside, around),
    },
  ];
};

/** A chain's end and, for its way back, how the sum's derivatives come to it. */
function branch(site: Site, drafts: readonly Draft[], input: Slot, first: boolean) {
  const { output, rows, reserve, panels, statistics } = site;
  const made: Layout = layoutAfter(drafts, input);
  const bytes = rows * exampleBytes(made);
  // Where the branch ends in a ReLU its derivatives differ from the sum's.
  const end = {
    ...made,
    values: reserve(bytes),
    deltas: made.relu ? reserve(bytes) : output.deltas,
  };
  const needs = needsOf(drafts);
  const part = <Item>(items: readonly Item[], count: number) =>
    first ? items.slice(0, count) : items.slice(items.length - count);
  const operator = placeChain(
    drafts,
    { ...site, input, output: end },
    {
      panels: part(panels, needs.weights.length),
      statistics: part(statistics, needs.statistics.length),
    },
  );
  return { end, operator };
}

function residual(site: Site, insideDrafts: readonly Draft[], aroundDrafts: readonly Draft[]): Operator {
  const { input, output, rows: most, reserve } = site;
  const inputBytes = exampleBytes(input);
  const outputBytes = exampleBytes(output);
  const inside = branch(site, insideDrafts, input, true);
  const aroundInput = input.deltas === undefined ? input : { ...input, deltas: reserve(most * inputBytes) };
  const around = aroundDrafts.length > 0 ? branch(site, aroundDrafts, aroundInput, false) : undefined;
  const branches = around === undefined ? [inside] : [inside, around];
  const other = around?.end ?? input;

  return {
    forward: (kernels, purpose) => {
      const steps = branches.map(({ operator }, i) =>
        operator.forward((name, emit) => kernels(`branch ${i} ${name}`, emit), purpose),
      );
      const [add] = kernels('add', () => [emitAdd()]);
      return (rows, feed) => {
        for (const step of steps) step(rows, feed);
        add(inside.end.values, other.values, output.values, rows * outputBytes);
      };
    },
    backward: (kernels, sink, below) => {
      const [mask] = kernels('mask', () => [emitMask()]);
      const steps = branches.map(({ operator, end }, i) => {
        const back = operator.backward((name, emit) => kernels(`branch ${i} ${name}`, emit), sink, below);
        return { back, end };
      });
      const { deltas } = input;
      const [addTo] = kernels('add to', () => [emitAddTo(around === undefined && input.relu)]);
      // Derivatives through another branch have gone through the input's ReLU already.
      const source = around === undefined ? output.deltas : (aroundInput.deltas ?? 0);
      return (rows, feed) => {
        for (const { back, end } of steps) {
          if (end.relu) mask(end.deltas, output.deltas, end.values, rows * outputBytes);
          back(rows, feed);
        }
        if (below && deltas !== undefined) addTo(deltas, source, input.values, rows * inputBytes);
      };
    },
  };
}
