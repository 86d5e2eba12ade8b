/** Causal self-attention in WebAssembly, one example and one head after another. */
import type { AttentionLayer } from '../../layers/attention.js';
import { emitCausalSoftmax, emitCausalSoftmaxBackward, emitHeadPanels } from '../kernels/attention.js';
import { emitProduct, type Product } from '../kernels/product.js';
import type { Kernels, Operator, Planner, Site } from '../operator.js';
import { padded, PANEL_ROW } from '../panels.js';
import { exampleBytes, layout } from '../slots.js';
import { rowsOf } from './dense.js';
import { gathered } from './gathered.js';
import { matrixOf, projectBackward, projectForward, transposeBytes, type Projection } from './projection.js';

export const planAttention: Planner<AttentionLayer> = ({ layer: { heads } }, input, tensor) => {
  const { positions, channels: width } = input;
  const rows = rowsOf({ ...input, positions: 1 });
  const place = (kernel: string, bias: string, units: number) => ({
    biasOffset: tensor(bias).offset,
    kernelOffset: tensor(kernel).offset,
    units,
    ...rows,
  });
  return [
    {
      weights: [place('kernel', 'bias', 3 * width), place('output-kernel', 'output-bias', width)],
      output: layout(positions, width),
      bytes: 4 * positions * (8 * width + heads * padded(positions)),
      place: (site) => attention(site, heads),
    },
  ];
};

/** The products of one head; `wide` is a row of queries, keys and values, `narrow` one of outputs, in bytes. */
function headProducts(positions: number, head: number, wide: number, narrow: number) {
  const scores = 4 * padded(positions);
  const toScores: Omit<Product, 'left'> = {
    rows: positions,
    depth: head,
    columns: padded(positions),
    right: { row: PANEL_ROW, panel: head * PANEL_ROW },
    result: { row: scores, panel: PANEL_ROW },
    start: 'zero',
  };
  /** A sum over positions, weighted by scores or, with `transposed`, by their transpose. */
  const overPositions = (transposed: boolean, right: number, result: number): Product => ({
    rows: positions,
    depth: positions,
    columns: head,
    left: transposed ? { row: 4, column: scores } : { row: scores, column: 4 },
    right: { row: right, panel: PANEL_ROW },
    result: { row: result, panel: PANEL_ROW },
    start: 'zero',
  });
  return {
    scores: { ...toScores, left: { row: wide, column: 4 } },
    outputs: overPositions(false, wide, narrow),
    valueDeltas: overPositions(true, narrow, wide),
    shareDeltas: { ...toScores, left: { row: narrow, column: 4 } },
    queryDeltas: overPositions(false, wide, wide),
    keyDeltas: overPositions(true, wide, wide),
  };
}

function attention(site: Site, heads: number): Operator {
  const { panels, input, output, distance, rows: most, reserve } = site;
  const { positions, channels: width, stride } = input;
  const head = width / heads;
  const [wide, narrow] = [4 * 3 * width, 4 * stride];
  const [wideExample, narrowExample] = [positions * wide, positions * narrow];
  const headScores = 4 * positions * padded(positions);
  // The positions' padding is read too, after the last example as well.
  const slack = 8 * wide;
  const mixed = reserve(most * wideExample + slack);
  const mixedDelta = reserve(wideExample + slack);
  const shares = reserve(most * heads * headScores);
  const shareDeltas = reserve(headScores);
  const outputs = reserve(most * narrowExample);
  const outputDeltas = reserve(narrowExample);
  const transposedHead = reserve(4 * padded(positions) * head);
  // From queries to keys and to values.
  const [toKeys, toValues] = [4 * width, 8 * width];
  const products = headProducts(positions, head, wide, narrow);
  const project = (index: number, from: Projection['input'], to: number): Projection => {
    const matrix = matrixOf([panels[index]]);
    return {
      ...{ matrix, positions, input: from },
      output: { position: to, relu: false },
      gradient: distance.gradient,
      transposed: reserve(transposeBytes(matrix)),
    };
  };
  const into = project(
    0,
    {
      position: narrow,
      relu: input.relu,
      toDelta: input.deltas === undefined ? undefined : input.deltas - input.values,
    },
    wide,
  );
  const out = project(1, { position: narrow, relu: false, toDelta: undefined }, narrow);
  const prefixed =
    (kernels: Kernels, prefix: string): Kernels =>
    (name, emit) =>
      kernels(`${prefix} ${name}`, emit);
  const [inputExample, outputExample] = [exampleBytes(input), exampleBytes(output)];

  return {
    forward: (kernels) => {
      const mix = projectForward(prefixed(kernels, 'in'), into);
      const finish = projectForward(prefixed(kernels, 'out'), out);
      const [headPanels, scores, outputOf] = kernels('heads', () => [
        emitHeadPanels(positions, head, wide),
        emitProduct(products.scores),
        emitProduct(products.outputs),
      ]);
      const softmax = kernels('softmax', () => emitCausalSoftmax(positions, head))[1];
      return (rows) => {
        for (let i = 0; i < rows; i++) {
          const at = mixed + i * wideExample;
          mix(input.values + i * inputExample, at);
          for (let h = 0; h < heads; h++) {
            const query = at + 4 * h * head;
            const share = shares + (i * heads + h) * headScores;
            headPanels(query + toKeys, transposedHead);
            scores(query, transposedHead, share);
            softmax(share);
            outputOf(share, query + toValues, outputs + i * narrowExample + 4 * h * head);
          }
          finish(outputs + i * narrowExample, output.values + i * outputExample);
        }
      };
    },
    backward: (kernels, sink, below) => {
      const { begin, end } = gathered(kernels, site, sink);
      const back = projectBackward(prefixed(kernels, 'in'), into);
      const backOut = projectBackward(prefixed(kernels, 'out'), out);
      const [headPanels, valueDelta, shareDelta, softmaxBack, queryDelta, keyDelta] = kernels(
        'heads back',
        () => [
          emitHeadPanels(positions, head, wide),
          emitProduct(products.valueDeltas),
          emitProduct(products.shareDeltas),
          emitCausalSoftmaxBackward(positions, head),
          emitProduct(products.queryDeltas),
          emitProduct(products.keyDeltas),
        ],
      );
      const deltas = below ? input.deltas : undefined;
      return (rows) => {
        begin();
        backOut.begin();
        if (deltas !== undefined) back.begin();
        for (let i = 0; i < rows; i++) {
          const at = mixed + i * wideExample;
          const outputDelta = output.deltas + i * outputExample;
          backOut.inputDelta(outputDelta, outputDeltas);
          backOut.gradient(outputs + i * narrowExample, outputDelta);
          for (let h = 0; h < heads; h++) {
            const offset = 4 * h * head;
            const [query, to] = [at + offset, mixedDelta + offset];
            const share = shares + (i * heads + h) * headScores;
            valueDelta(share, outputDeltas + offset, to + toValues);
            headPanels(query + toValues, transposedHead);
            shareDelta(outputDeltas + offset, transposedHead, shareDeltas);
            softmaxBack(share, shareDeltas);
            queryDelta(shareDeltas, query + toKeys, to);
            keyDelta(shareDeltas, query, to + toKeys);
          }
          back.gradient(input.values + i * inputExample, mixedDelta);
          if (deltas !== undefined) back.inputDelta(mixedDelta, deltas + i * inputExample);
        }
        end();
      };
    },
  };
}
