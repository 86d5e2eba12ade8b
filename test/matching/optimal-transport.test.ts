/** Optimal transport against the assignment of parcels one by one, which is the same problem written out. */
import { expect } from 'chai';
import fc from 'fast-check';
import { assign } from '../../matching/assignment.js';
import { transport } from '../../matching/optimal-transport.js';

const problems = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc
      .array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true })), {
        minLength: rows * columns,
        maxLength: rows * columns,
      })
      .map((values) => ({ rows, columns, values: Float64Array.from(values) })),
  );

describe('optimal transport', () => {
  it('moves all parcels at the least cost', () => {
    fc.assert(
      fc.property(problems, (costs) => {
        const { rows, columns, values } = costs;
        const { parcels, fromRow, toColumn } = transport(costs);
        expect(rows * fromRow).to.equal(columns * toColumn);
        for (let row = 0; row < rows; row++) {
          const sent = parcels.subarray(row * columns, (row + 1) * columns);
          expect(Math.min(...sent)).to.be.at.least(0);
          expect(sent.reduce((sum, n) => sum + n, 0)).to.equal(fromRow);
        }
        for (let column = 0; column < columns; column++) {
          const received = parcels.filter((_, at) => at % columns === column);
          expect(received.reduce((sum, n) => sum + n, 0)).to.equal(toColumn);
        }
        const size = rows * fromRow;
        const written = Float64Array.from({ length: size * size }, (_, at) => {
          const [row, column] = [Math.floor(at / size / fromRow), Math.floor((at % size) / toColumn)];
          return values[row * columns + column];
        });
        const cost = parcels.reduce((sum, n, at) => sum + n * values[at], 0);
        expect(cost).to.be.closeTo(
          assign({ rows: size, columns: size, values: written }, 'minimise').value,
          1e-9,
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('solves a case by hand', () => {
    // Two rows of 3 parcels, three columns of 2: the middle column gets one from each.
    const costs = { rows: 2, columns: 3, values: Float64Array.of(0, 1, 9, 9, 1, 0) };
    expect(transport(costs)).to.deep.equal({
      parcels: Int32Array.of(2, 1, 0, 0, 1, 2),
      fromRow: 3,
      toColumn: 2,
    });
  });

  it('refuses costs that are not finite', () => {
    const values = Float64Array.of(1, NaN);
    expect(() => transport({ rows: 1, columns: 2, values })).to.throw(RangeError, 'a cost is NaN');
  });
});
