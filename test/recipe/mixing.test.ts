/** Which mixing matrices algorithms take, and that they use them. */
import { expect } from 'chai';
import { viewer } from '../../gossip/views.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { mixing, mixingRow } from '../../topologies/index.js';
import { smallRecipe } from '../support/small-recipe.js';

const recipe = (algorithm: string, topology: unknown, matrix?: unknown) =>
  parseRecipe(
    smallRecipe({
      data: {
        dataset: { kind: 'synthetic', clients: 6, samplesPerClient: 10, dimension: 2, classes: 2 },
        partition: 'natural',
      },
      algorithm: { kind: algorithm, batchSize: 3 },
      topology,
      ...(matrix !== undefined && { mixing: matrix }),
    }),
  );
const build = (...parts: Parameters<typeof recipe>) => buildFederation(recipe(...parts));
const refusal = (...parts: Parameters<typeof recipe>) => {
  try {
    build(...parts);
    return undefined;
  } catch (error) {
    return String(error);
  }
};

const star = { kind: 'star' };
const ring = { kind: 'ring' };
const oneWay = { kind: 'ring', directed: true };
const drawn = { kind: 'epidemic', degree: 2, variant: 'local' };

describe('mixing matrices of algorithms', () => {
  // By what is true of the matrix on each topology, worked out by hand.
  const rows = { name: 'd-psgd', what: 'rows sum to 1' };
  const columns = { name: 'push-sum', what: 'columns sum to 1' };
  const both = { name: 'gradient-tracking', what: 'rows and columns sum to 1' };
  const cases = [
    [rows, star, 'metropolis-hastings', true],
    [rows, star, 'uniform', true],
    [rows, star, 'row-stochastic', true],
    [rows, star, 'column-stochastic', false],
    [rows, ring, 'column-stochastic', true],
    [rows, drawn, 'column-stochastic', false],
    [rows, star, undefined, true],
    [rows, oneWay, undefined, true],
    [columns, star, 'metropolis-hastings', true],
    [columns, star, 'uniform', false],
    [columns, star, 'row-stochastic', false],
    [columns, star, 'column-stochastic', true],
    [columns, ring, 'uniform', true],
    [columns, drawn, 'uniform', false],
    [columns, drawn, undefined, true],
    [columns, star, undefined, true],
    [both, star, 'metropolis-hastings', true],
    [both, star, 'uniform', false],
    [both, star, 'column-stochastic', false],
    [both, drawn, undefined, false],
    [both, oneWay, undefined, true],
  ] as const;
  for (const [{ name, what }, topology, matrix, allowed] of cases) {
    const on = JSON.stringify(topology);
    it(`${name} ${allowed ? 'takes' : 'refuses'} ${matrix ?? 'its default'} on ${on}`, () => {
      const sentence = refusal(name, topology, matrix);
      if (allowed) expect(sentence).to.equal(undefined);
      else expect(sentence).to.include(`${name} needs a mixing matrix whose ${what}`).and.include('; use ');
    });
  }

  it("push-sum's shares are the columns of the recipe's matrix", () => {
    for (const topology of [star, ring, drawn]) {
      const choice = { kind: 'column-stochastic', selfWeight: 0.7 };
      const federation = build('push-sum', topology, choice);
      const view = viewer(federation);
      for (let node = 0; node < 6; node++) {
        const own = view(node, 2);
        const [{ out }, shares] = [own, own.shares()];
        const matrix = mixing.create(choice, federation.network?.topology.at(2) ?? expect.fail());
        expect(shares.self).to.equal(0.7);
        Array.from(out, (to, at) => {
          const { neighbours, weights } = mixingRow(matrix, to);
          expect(shares.out[at]).to.equal(weights[neighbours.indexOf(node)]);
          expect(shares.out[at]).to.be.closeTo(0.3 / out.length, 1e-12);
        });
      }
    }
  });

  it("push-sum's shares are 1 / (1 + out-degree) where the recipe names no matrix", () => {
    const view = viewer(build('push-sum', star))(0, 0);
    expect(view.shares()).to.deep.equal({ self: 1 / 6, out: Array<number>(5).fill(1 / 6) });
  });
});
