/** Runs that do not fit into memory: refused before they begin. */
import { expect } from 'chai';
import { engineBytes } from '../../learning/index.js';
import { buildFederation, recipeSchema } from '../../recipe/index.js';
import { expectedMemory } from '../../simulator/index.js';
import { refuseWhatDoesNotFit } from '../../simulator/memory.js';

const federation = (fields: object) =>
  buildFederation(
    recipeSchema.parse({
      name: 'memory',
      data: {
        dataset: { kind: 'synthetic', clients: 20, samplesPerClient: 40 },
        partition: { kind: 'iid', clients: 20 },
      },
      model: 'logistic',
      algorithm: 'scaffold',
      rounds: 3,
      ...fields,
    }),
  );

/** 60 inputs and 10 classes. */
const MODEL = 4 * 610;

/** So that engines do not count. */
const tfjs = { engine: 'tfjs' };

describe('what clients keep from round to round', () => {
  it('is refused where the machine has too little memory, with the account', () => {
    // A tenth of the clients a round, two, in three rounds.
    const six = federation(tfjs);
    expect(() => {
      refuseWhatDoesNotFit(six, 1, (6 * MODEL) / 0.9 + 1);
    }).not.to.throw();
    expect(() => {
      refuseWhatDoesNotFit(six, 1, (6 * MODEL) / 0.9 - 1);
    }).to.throw(/6 clients × 1 × 0\.0024 MB.*fewer clients or a smaller model/);
  });

  it('is of no more clients than there are, and of what error feedback leaves too', () => {
    const all = federation({ ...tfjs, rounds: 50, network: { codec: { kind: 'top-k', fraction: 0.1 } } });
    expect(() => {
      refuseWhatDoesNotFit(all, 1, 1000);
    }).to.throw(/20 clients × 2 ×/);
  });

  it('is nothing for FedAvg', () => {
    expect(() => {
      refuseWhatDoesNotFit(federation({ ...tfjs, algorithm: 'fedavg' }), 1, 1000);
    }).not.to.throw();
  });

  it('counts among the memory that is expected', () => {
    const [kept, none] = ['scaffold', 'fedavg'].map((algorithm) => {
      const layers = { kind: 'mlp', hidden: [10_000] };
      return expectedMemory(federation({ algorithm, model: layers, rounds: 100 }), 1);
    });
    // Twenty vectors of 710,010 numbers; the process itself grows meanwhile.
    expect(kept - none).to.be.within(20, 120);
  });
});

describe("the threads' engines", () => {
  it('are refused where they do not fit together, with how many do', () => {
    const large = federation({ algorithm: 'fedavg', model: { kind: 'mlp', hidden: [10_000] } });
    const one = engineBytes('wasm', large.model, large.objective, large.dataset.train.input) ?? 0;
    expect(() => {
      refuseWhatDoesNotFit(large, 3, (3 * one) / 0.9 + 1e5);
    }).not.to.throw();
    expect(() => {
      refuseWhatDoesNotFit(large, 4, (3 * one) / 0.9 + 1e5);
    }).to.throw(/4 of .* GiB, one a thread.*fewer threads \(at most 3\)/);
    expect(() => {
      refuseWhatDoesNotFit(large, 1, one / 2);
    }).to.throw(/Take a smaller model/);
  });
});
