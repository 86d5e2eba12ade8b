/** Matching one layer's units: planted permutations come back, units that differ stay apart, growth is bounded. */
import { expect } from 'chai';
import { matchUnits } from '../../matching/bbp-map.js';
import { completeMatchingOptions } from '../../matching/options.js';
import type { Signatures } from '../../matching/signatures.js';
import { permutation, range, stream } from '../../numerics/index.js';

const signaturesOf = (rows: readonly Float64Array[]): Signatures => ({
  rows,
  biases: [rows[0].length - 1],
  belief: new Float64Array(0),
});
function randomRows(units: number, coordinates: number, seed: number): Float64Array[] {
  const draw = stream(seed, 'rows');
  return Array.from({ length: units }, () =>
    Float64Array.from({ length: coordinates }, () => 4 * draw() - 2),
  );
}
const sweepOrder = () => stream(1, 'sweeps');

describe('BBP-MAP', () => {
  for (const matcher of ['pfnm', 'spahm'] as const) {
    describe(matcher, () => {
      it('finds planted permutations, with some noise, and the units themselves', () => {
        const rows = randomRows(8, 30, 1);
        const noise = stream(2, 'noise');
        const orders = Array.from({ length: 6 }, (_, client) => permutation(stream(3, client), 8));
        const clients = orders.map((order) =>
          signaturesOf(Array.from(order, (unit) => rows[unit].map((x) => x + 0.1 * (noise() - 0.5)))),
        );
        const { assignments, popularity, units } = matchUnits(
          clients,
          completeMatchingOptions({ matcher }),
          sweepOrder(),
        );
        expect([...popularity]).to.deep.equal(Array<number>(8).fill(6));
        // Unit `orders[j][l]` of the original has the same global position at every client.
        const positions = orders.map((order, client) => {
          const position = new Int32Array(8);
          order.forEach((unit, l) => (position[unit] = assignments[client][l]));
          return position;
        });
        for (const position of positions) expect(position).to.deep.equal(positions[0]);
        positions[0].forEach((position, unit) => {
          units[position].forEach((x, d) => expect(x).to.be.closeTo(rows[unit][d], 0.05));
        });
      });

      it('gives each client every position at most once, and counts them', () => {
        const clients = [5, 9, 7].map((units, client) => signaturesOf(randomRows(units, 4, client)));
        const { assignments, popularity, units } = matchUnits(
          clients,
          completeMatchingOptions({ matcher, gamma: 2 }),
          sweepOrder(),
        );
        const counts = new Int32Array(popularity.length);
        for (const assignment of assignments) {
          expect(new Set(assignment).size).to.equal(assignment.length);
          for (const position of assignment) counts[position]++;
        }
        expect(counts).to.deep.equal(popularity);
        expect(units.length).to.equal(popularity.length);
        expect(Math.min(...popularity)).to.be.at.least(1);
      });
    });
  }

  it('keeps every unit apart where the mass is large, unless growth is bounded', () => {
    const clients = [0, 1, 2].map((client) => signaturesOf(randomRows(6, 3, client)));
    const width = (options: object) =>
      matchUnits(clients, completeMatchingOptions({ gamma: 1e9, ...options }), sweepOrder()).popularity
        .length;
    expect(width({})).to.equal(18);
    expect(width({ maxWidthFactor: 1.5 })).to.equal(9);
    expect(width({ maxWidthFactor: 1 })).to.equal(6);
  });

  it('finds room for every unit beyond the width where the authors add one unit at a time', () => {
    const clients = [0, 1].map((client) => signaturesOf(randomRows(720, 1, client)));
    const options = completeMatchingOptions({ gamma: 1e9, sweeps: 1 });
    const { assignments } = matchUnits(clients, options, sweepOrder());
    for (const assignment of assignments) expect(new Set(assignment).size).to.equal(720);
  }).timeout(20000);

  it('does the same for the same stream', () => {
    const clients = [0, 1, 2, 3].map((client) => signaturesOf(randomRows(12, 2, client)));
    const run = () => matchUnits(clients, completeMatchingOptions(), sweepOrder());
    expect(run()).to.deep.equal(run());
  });

  it('leaves a single client as it is', () => {
    const rows = randomRows(4, 3, 1);
    const matching = matchUnits([signaturesOf(rows)], completeMatchingOptions(), sweepOrder());
    expect(matching.assignments).to.deep.equal([Int32Array.from(range(4))]);
    expect(matching.units).to.deep.equal(rows);
  });

  describe('estimates', () => {
    const first = signaturesOf([Float64Array.of(3, 0, 1), Float64Array.of(0, 3, 1)]);
    const second = signaturesOf([Float64Array.of(0, 5, 2)]);
    const units = (options: object) =>
      matchUnits([first, second], completeMatchingOptions({ sweeps: 0, ...options }), sweepOrder()).units.map(
        (unit) => [...unit],
      );

    it('are means over members by default', () => {
      expect(units({})).to.deep.equal([
        [3, 0, 1],
        [0, 4, 1.5],
      ]);
    });
    it('shrink to the prior mean as posterior means', () => {
      expect(units({ estimate: 'map' })).to.deep.equal([
        [1.5, 0, 1.1 / 2],
        [0, 8 / 3, 3.1 / 3],
      ]);
    });
    it('are sums over J as the algorithm box of FedMA has them', () => {
      expect(units({ estimate: 'mean-over-J' })).to.deep.equal([
        [1.5, 0, 0.5],
        [0, 4, 1.5],
      ]);
    });
    it('go by belief where there is one', () => {
      const believed = (row: number[], belief: number) => ({
        rows: [Float64Array.from(row)],
        biases: [],
        belief: Float64Array.of(belief, 0),
      });
      const clients = [believed([4, 1, 2], 0.25), believed([4, 3, 4], 0.75)];
      const [unit] = matchUnits(clients, completeMatchingOptions({ gamma: 1e-6 }), sweepOrder()).units;
      expect([...unit]).to.deep.equal([4, 2.5, 3]);
    });
  });

  it('estimates the variances of SPAHM from the clusters', () => {
    const centres = randomRows(20, 40, 5);
    const noise = stream(6, 'noise');
    const clients = Array.from({ length: 8 }, () =>
      signaturesOf(centres.map((row) => row.map((x) => x + 0.2 * (noise() - 0.5)))),
    );
    const options = { matcher: 'spahm', sigma: 1, sigma0: 1, estimate: 'map' } as const;
    const shrinkage = (reestimate: boolean) => {
      const { units } = matchUnits(
        clients,
        completeMatchingOptions({ ...options, reestimate }),
        sweepOrder(),
      );
      const norm = (rows: readonly Float64Array[]) =>
        rows.reduce((total, row) => total + row.reduce((sum, x) => sum + x * x, 0), 0);
      return Math.sqrt(norm(units) / norm(centres));
    };
    // sigma = sigma0 shrinks eight members to 8/9; the variances that are there, 0.0033 and 1.33, hardly at all.
    expect(shrinkage(false)).to.be.closeTo(8 / 9, 0.01);
    expect(shrinkage(true)).to.be.closeTo(1, 0.005);
  });

  it('refuses signatures that cannot be compared', () => {
    const options = completeMatchingOptions();
    const three = signaturesOf(randomRows(2, 3, 1));
    expect(() => matchUnits([], options, sweepOrder())).to.throw('there are no networks to match');
    expect(() => matchUnits([three, signaturesOf(randomRows(2, 4, 1))], options, sweepOrder())).to.throw(
      RangeError,
      'unit 0 of network 1 has 4 coordinates, those of network 0 have 3',
    );
    const broken = signaturesOf([Float64Array.of(1, 2, 3), Float64Array.of(1, NaN, 3)]);
    expect(() => matchUnits([three, broken], options, sweepOrder())).to.throw(/unit 1 of network 1/);
  });
});
