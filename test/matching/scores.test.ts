/** The score matrix: the golden vector, and the formula written out term by term against the fast form. */
import { expect } from 'chai';
import fc from 'fast-check';
import { assign } from '../../matching/assignment.js';
import { emptyCluster, include, scoreMatrix, type Cluster, type Prior } from '../../matching/scores.js';
import type { Signatures } from '../../matching/signatures.js';

const signatures = (rows: readonly (readonly number[])[], belief: readonly number[] = []): Signatures => ({
  rows: rows.map((row) => Float64Array.from(row)),
  biases: [],
  belief: Float64Array.from(belief),
});

function founded({ rows, belief }: Signatures, prior: Prior): Cluster[] {
  return rows.map((row) => {
    const cluster = emptyCluster(prior, belief);
    include(cluster, row, belief, 1);
    return cluster;
  });
}

describe('score matrix', () => {
  describe('golden vector', () => {
    const prior = { mean: Float64Array.of(0, 0, 0.1), sigma: 1, sigma0: 1 };
    const first = signatures([
      [1, 0, 0.5],
      [0, 1, -0.5],
    ]);
    const second = signatures([
      [0.1, 0.9, -0.4],
      [1.1, -0.1, 0.4],
    ]);
    const settings = { prior, clients: 2, popularityWeight: 1, determinants: false };
    const scores = (gamma: number) => scoreMatrix(second, founded(first, prior), 2, { ...settings, gamma });

    it('has the scores and the optimum at γ = 7', () => {
      const matrix = scores(7);
      const expected = [0.0066667, 0.84, 2.9505259, 1.5642316, 1.1266667, 0.0933333, 3.2305259, 1.8442316];
      expect(matrix.columns).to.equal(4);
      expected.forEach((score, at) => expect(matrix.values[at]).to.be.closeTo(score, 5e-8));
      const { columns, value } = assign(matrix, 'maximise');
      expect([...columns].every((column) => column >= 2)).to.equal(true);
      expect(value).to.be.closeTo(4.7947575, 5e-8);
    });

    for (const gamma of [1, 1e-3]) {
      it(`matches 0→1 and 1→0 at γ = ${gamma}`, () => {
        const { columns, value } = assign(scores(gamma), 'maximise');
        expect([...columns]).to.deep.equal([1, 0]);
        expect(value).to.be.closeTo(1.9666667, 5e-8);
      });
    }
  });

  const numbers = fc.double({ min: -2, max: 2, noNaN: true });
  const rowsOf = (count: number, coordinates: number) =>
    fc.array(fc.array(numbers, { minLength: coordinates, maxLength: coordinates }), {
      minLength: count,
      maxLength: count,
    });
  const shares = (count: number) =>
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: count, maxLength: count });
  const variance = fc.double({ min: 0.05, max: 20, noNaN: true });

  it('is what the formula says, coordinate by coordinate', () => {
    const cases = fc.record({
      first: rowsOf(3, 7),
      second: rowsOf(2, 7),
      third: rowsOf(2, 7),
      beliefs: fc.tuple(shares(3), shares(3), shares(3)),
      believed: fc.constantFrom(0, 3),
      mean: fc.array(numbers, { minLength: 7, maxLength: 7 }),
      sigma: variance,
      sigma0: variance,
      gamma: variance,
      popularityWeight: fc.constantFrom(1, 2),
      determinants: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, (c) => {
        const belief = (client: number) => c.beliefs[client].slice(0, c.believed);
        const prior = { mean: Float64Array.from(c.mean), sigma: c.sigma, sigma0: c.sigma0 };
        const clusters = founded(signatures(c.first, belief(0)), prior);
        // The second client's units join clusters 0 and 2; the third client's are scored.
        const second = signatures(c.second, belief(1));
        include(clusters[0], second.rows[0], second.belief, 1);
        include(clusters[2], second.rows[1], second.belief, 1);
        const members = [
          [
            { row: c.first[0], client: 0 },
            { row: c.second[0], client: 1 },
          ],
          [{ row: c.first[1], client: 0 }],
          [
            { row: c.first[2], client: 0 },
            { row: c.second[1], client: 1 },
          ],
        ];
        const { values } = scoreMatrix(signatures(c.third, belief(2)), clusters, 2, {
          prior,
          clients: 4,
          gamma: c.gamma,
          popularityWeight: c.popularityWeight,
          determinants: c.determinants,
        });
        const precision = (client: number, d: number) => {
          const known = belief(client);
          return (d < 7 - known.length ? 1 : known[d - 7 + known.length]) / c.sigma;
        };
        const gain = (row: readonly number[], others: (typeof members)[number]) => {
          let sum = 0;
          for (let d = 0; d < 7; d++) {
            let [weighted, total] = [c.mean[d] / c.sigma0, 1 / c.sigma0];
            for (const other of others) {
              weighted += precision(other.client, d) * other.row[d];
              total += precision(other.client, d);
            }
            const own = precision(2, d);
            sum += (own * row[d] + weighted) ** 2 / (own + total) - weighted ** 2 / total;
            if (c.determinants) sum += Math.log(total) - Math.log(total + own);
          }
          return sum;
        };
        c.third.forEach((row, l) => {
          members.forEach((others, i) => {
            const popularity = c.popularityWeight * Math.log(others.length / (4 - others.length));
            expect(values[l * 5 + i]).to.be.closeTo(gain(row, others) + popularity, 1e-8);
          });
          for (const k of [1, 2]) {
            const fresh = gain(row, []) - 2 * Math.log(k) + 2 * Math.log(c.gamma / 4);
            expect(values[l * 5 + 2 + k]).to.be.closeTo(fresh, 1e-8);
          }
        });
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('has the log-determinants of SPAHM in their own form', () => {
    const [sigma, sigma0] = [0.3, 2.5];
    const prior = { mean: new Float64Array(4), sigma, sigma0 };
    const zero = signatures([[0, 0, 0, 0]]);
    const clusters = founded(zero, prior);
    include(clusters[0], zero.rows[0], zero.belief, 1);
    const settings = { prior, clients: 3, gamma: 3, popularityWeight: 0 };
    const [match, fresh] = scoreMatrix(zero, clusters, 1, { ...settings, determinants: true }).values;
    expect(match).to.be.closeTo(4 * (Math.log(2 * sigma0 + sigma) - Math.log(3 * sigma0 + sigma)), 1e-12);
    expect(fresh).to.be.closeTo(4 * (Math.log(sigma) - Math.log(sigma0 + sigma)), 1e-12);
  });

  it('caps popularity at ten, so that the score of a unit that all others have stays finite', () => {
    const prior = { mean: Float64Array.of(0), sigma: 1, sigma0: 1 };
    const zero = signatures([[0]]);
    const clusters = founded(zero, prior);
    for (let client = 1; client < 19; client++) include(clusters[0], zero.rows[0], zero.belief, 1);
    const settings = { prior, clients: 20, gamma: 1, popularityWeight: 1, determinants: false };
    const [match] = scoreMatrix(zero, clusters, 1, settings).values;
    expect(match).to.be.closeTo(Math.log(10 / (20 - 10)), 1e-12);
  });
});
