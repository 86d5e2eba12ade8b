/** The table of docs/weights.md beside the tensors that layers have. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildModel, layerSchema, type ModelSpec } from '../../learning/index.js';

const specs: readonly ModelSpec[] = [
  {
    input: [8, 8, 2],
    layers: [
      { kind: 'conv2d', filters: 4, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
      { kind: 'group-norm', groups: 2 },
      { kind: 'batch-norm', momentum: 0.9 },
      {
        kind: 'residual',
        layers: [{ kind: 'activation', function: 'relu' }],
      },
      { kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' },
      { kind: 'global-pool', pooling: 'average' },
      { kind: 'dropout', rate: 0.1 },
      { kind: 'activation', function: 'relu' },
      { kind: 'flatten' },
      { kind: 'dense', units: 3, activation: 'none' },
    ],
  },
  {
    input: [5],
    layers: [
      { kind: 'embedding', vocabulary: 7, width: 8 },
      { kind: 'positional' },
      { kind: 'attention', heads: 1 },
      { kind: 'layer-norm' },
      { kind: 'lstm', units: 4, returns: 'last' },
    ],
  },
];

describe('docs/weights.md', () => {
  it('names the tensors of every kind of layer, with as many axes', () => {
    const rows = [
      ...readFileSync('docs/weights.md', 'utf8').matchAll(/^\| `(.*?)` \| `(.*?)` \| \[(.*?)\]/gm),
    ];
    const documented = new Set(
      rows.map(([, kind, tensor, shape]) => `${kind} ${tensor} ${shape.split(',').length}`),
    );
    const layers = specs.flatMap((spec) => {
      const { manifest, layers: placed } = buildModel(spec);
      return placed.map(({ layer: { kind }, name }) => ({
        kind,
        tensors: manifest.tensors.filter((tensor) => tensor.name.startsWith(`${name}/`)),
      }));
    });
    const own = layers.flatMap(({ kind, tensors }) =>
      tensors.map(({ name, shape }) => `${kind} ${name.split('/')[1]} ${shape.length}`),
    );
    expect([...documented].sort()).to.deep.equal([...new Set(own)].sort());
    const kinds = layerSchema.options.map(({ shape }) => shape.kind.value);
    expect(layers.map(({ kind }) => kind)).to.have.members(kinds);
  });
});
