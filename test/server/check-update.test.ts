import { expect } from 'chai';
import { layOut } from '../../learning/index.js';
import { codecs, tensorOf, type MessageOf } from '../../protocol/index.js';
import { checkUpdate } from '../../server/check-update.js';

/** Of an update that is sent as it is, and is the only one of its round. */
const exact = {
  codecOf: () => codecs.create({ kind: 'float32' }, undefined),
  refuse: () => undefined,
  weigh: ({ samples }: { readonly samples: number }) => samples,
  terms: 1,
};

/** Why an update with these entries does not count; undefined where it does. */
function refusal(values: readonly number[], normBound?: number): string | undefined {
  const update: MessageOf<'update'> = {
    ...{ kind: 'update', round: 1, client: 0, attempt: 0, samples: 10, steps: 1, scalars: { loss: 1 } },
    vectors: { delta: 'v' },
    tensors: new Map([['v', tensorOf(Float32Array.from(values))]]),
  };
  const lengths = { delta: values.length };
  const expected = {
    ...{ lengths, longest: 10, samples: 10, normBound },
    ...exact,
    manifest: layOut([{ name: 'w', shape: [values.length], role: 'weight' }]),
  };
  const checked = checkUpdate(update, expected);
  return 'reason' in checked ? checked.reason : undefined;
}

describe('the check of an update', () => {
  it('finds one bad entry, wherever it is', () => {
    const bad = [NaN, -NaN, Infinity, -Infinity].map((value) => [value, 'notFinite'] as const);
    for (const [value, reason] of [...bad, [2.2e8, 'norm'], [-2.2e8, 'norm']] as const) {
      for (const length of [1, 2, 5, 6]) {
        for (let place = 0; place < length; place++) {
          const values = new Array<number>(length).fill(-1).with(place, value);
          expect(refusal(values), `${value} at ${place} of ${length}`).to.equal(reason);
        }
      }
    }
  });

  it('lets zeros, small and large entries count that can be summed', () => {
    for (const values of [[], [0, -0], [1e-45, -1e-45, 1], [2.1e8, -2.1e8, 3]]) {
      expect(refusal(values), values.join()).to.equal(undefined);
    }
  });

  it('holds the norm against its bound only where there is one', () => {
    expect(refusal([3, -4, 0], 5)).to.equal(undefined);
    expect(refusal([3, -4, 0.1], 5)).to.equal('norm');
    expect(refusal([3, -4, 0.1])).to.equal(undefined);
  });
});

describe('the check of an update of a model with batch norm', () => {
  const manifest = layOut([
    { name: 'w', shape: [2], role: 'weight' },
    { name: 'norm/mean', shape: [2], role: 'norm.mean' },
    { name: 'norm/variance', shape: [2], role: 'norm.var' },
  ]);
  const refusalOf = (statistics: readonly number[], codec = 'float32') => {
    const checked = checkUpdate(
      {
        ...{
          kind: 'update',
          round: 1,
          client: 0,
          attempt: 0,
          samples: 10,
          steps: 1,
          scalars: { loss: 1 },
        },
        vectors: { delta: 'v', statistics: 's' },
        tensors: new Map([
          ['v', tensorOf(Float32Array.of(3, 4, 0, 0, 0, 0))],
          ['s', tensorOf(Float32Array.from(statistics))],
        ]),
      },
      {
        ...{ longest: 10, samples: 10, normBound: 5, manifest },
        lengths: { delta: 6, statistics: 4 },
        ...exact,
        codecOf: (name) => codecs.create({ kind: name === 'statistics' ? codec : 'float32' }, undefined),
      },
    );
    return 'reason' in checked ? checked.sentence : undefined;
  };

  it('holds no running statistics against the bound of the norm', () => {
    expect(refusalOf([-100, 100, 1000, 0])).to.equal(undefined);
  });

  it('refuses variances below zero, and statistics in another codec', () => {
    expect(refusalOf([0, 0, 1, -0.5])).to.equal('a running variance of -0.500 is below zero');
    expect(refusalOf([0, 0, 1, 1], 'int8')).to.include(
      "'statistics' comes as float32; by the recipe's codec it is int8",
    );
  });
});
