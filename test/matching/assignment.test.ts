/** The assignment solver against brute force, against a property of optima, and against SciPy. */
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { assign, type ScoreMatrix } from '../../matching/assignment.js';
import { stream } from '../../numerics/index.js';
import { need } from '../support/requirements.js';

const matrix = (rows: readonly (readonly number[])[]): ScoreMatrix => ({
  rows: rows.length,
  columns: rows[0].length,
  values: Float64Array.from(rows.flat()),
});

/** The best value over all injective maps of rows to columns, by trying them all. */
function bruteForce(
  { rows, columns, values }: ScoreMatrix,
  better: (a: number, b: number) => number,
): number {
  const taken = new Set<number>();
  const from = (row: number): number => {
    if (row === rows) return 0;
    let best: number | undefined;
    for (let column = 0; column < columns; column++) {
      if (taken.has(column)) continue;
      taken.add(column);
      const value = values[row * columns + column] + from(row + 1);
      taken.delete(column);
      best = best === undefined ? value : better(best, value);
    }
    return best ?? 0;
  };
  return from(0);
}

const sized = (score: fc.Arbitrary<number>, maxColumns: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: maxColumns }), fc.integer({ min: 1, max: maxColumns }))
    .map(([a, b]) => ({ rows: Math.min(a, b), columns: Math.max(a, b) }))
    .chain(({ rows, columns }) =>
      fc
        .array(score, { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => ({ rows, columns, values: Float64Array.from(values) })),
    );
const reals = fc.double({ min: -100, max: 100, noNaN: true });
const fewValues = fc.integer({ min: -1, max: 1 });

describe('assignment', () => {
  it('solves a case by hand', () => {
    const costs = matrix([
      [4, 1, 3],
      [2, 0, 5],
      [3, 2, 2],
    ]);
    expect(assign(costs, 'minimise')).to.deep.equal({ columns: Int32Array.of(1, 0, 2), value: 5 });
    expect(assign(costs, 'maximise')).to.deep.equal({ columns: Int32Array.of(0, 2, 1), value: 11 });
  });

  for (const [name, score] of [
    ['real scores', reals],
    ['many ties', fewValues],
  ] as const) {
    it(`finds the optimum that brute force finds, ${name}`, () => {
      fc.assert(
        fc.property(sized(score, 6), (scores) => {
          const least = assign(scores, 'minimise');
          const most = assign(scores, 'maximise');
          expect(least.value).to.be.closeTo(bruteForce(scores, Math.min), 1e-9);
          expect(most.value).to.be.closeTo(bruteForce(scores, Math.max), 1e-9);
          for (const { columns, value } of [least, most]) {
            expect(new Set(columns).size).to.equal(scores.rows);
            expect(Math.min(...columns)).to.be.at.least(0);
            expect(Math.max(...columns)).to.be.below(scores.columns);
            const sum = columns.reduce(
              (total, column, row) => total + scores.values[row * scores.columns + column],
              0,
            );
            expect(sum).to.equal(value);
          }
        }),
        { seed: 1, numRuns: 300 },
      );
    });
  }

  it('finds the optimum of 7 × 7 scores', () => {
    const draw = stream(3, 'scores');
    const scores = { rows: 7, columns: 7, values: Float64Array.from({ length: 49 }, () => draw()) };
    expect(assign(scores, 'maximise').value).to.be.closeTo(bruteForce(scores, Math.max), 1e-12);
  });

  it('breaks ties towards the lowest column, and leaves the scores as they were', () => {
    for (const objective of ['minimise', 'maximise'] as const) {
      const equal = matrix([
        [7, 7, 7, 7],
        [7, 7, 7, 7],
        [7, 7, 7, 7],
      ]);
      expect([...assign(equal, objective).columns]).to.deep.equal([0, 1, 2]);
      expect(equal.values.every((score) => score === 7)).to.equal(true);
    }
    const oneWorse = matrix([
      [0, 0, 0],
      [0, 9, 9],
    ]);
    expect([...assign(oneWorse, 'minimise').columns]).to.deep.equal([1, 0]);
  });

  it('gives an optimum that no constant added to a row changes', () => {
    fc.assert(
      fc.property(sized(fewValues, 8), fc.integer({ min: -5, max: 5 }), (scores, constant) => {
        const shifted = { ...scores, values: scores.values.slice() };
        for (let column = 0; column < scores.columns; column++) shifted.values[column] += constant;
        const [before, after] = [assign(scores, 'minimise'), assign(shifted, 'minimise')];
        expect(after.value).to.equal(before.value + constant);
      }),
      { seed: 2 },
    );
  });

  it('refuses what it cannot solve with a sentence', () => {
    expect(() => assign(matrix([[1], [2]]), 'minimise')).to.throw(RangeError, /2 rows .* 1 columns/);
    const hole = matrix([
      [1, 2, 3],
      [4, 5, NaN],
    ]);
    expect(() => assign(hole, 'maximise')).to.throw(RangeError, 'the score at row 1, column 2 is NaN');
    expect(() => assign(matrix([[Infinity]]), 'minimise')).to.throw(
      RangeError,
      /row 0, column 0 is Infinity/,
    );
    const short = { rows: 1, columns: 2, values: Float64Array.of(1) };
    expect(() => assign(short, 'minimise')).to.throw(RangeError, /1 × 2 .* 1 scores/);
  });

  it('agrees with SciPy', function () {
    const python = (script: string, input = '') =>
      spawnSync('/usr/bin/python3', ['-c', script], { input, encoding: 'utf8' });
    need(this, 'SciPy', python('import scipy.optimize').status === 0);
    const draw = stream(5, 'scores');
    const cases = [
      [40, 40, () => draw()],
      [30, 75, () => draw() - 0.5],
      [50, 60, () => Math.floor(3 * draw())],
    ] as const;
    const problems = cases.map(([rows, columns, score]) => ({
      rows,
      columns,
      values: Float64Array.from({ length: rows * columns }, score),
    }));
    const script = `
import json, sys, numpy
from scipy.optimize import linear_sum_assignment
out = []
for case in json.load(sys.stdin):
    scores = numpy.array(case["values"]).reshape(case["rows"], case["columns"])
    out.append([float(scores[linear_sum_assignment(scores, maximize=m)].sum()) for m in (False, True)])
print(json.dumps(out))`;
    const input = JSON.stringify(problems.map((problem) => ({ ...problem, values: [...problem.values] })));
    const answers = z
      .array(z.tuple([z.number(), z.number()]))
      .parse(JSON.parse(python(script, input).stdout));
    expect(answers.length).to.equal(problems.length);
    for (const [index, [least, most]] of answers.entries()) {
      expect(assign(problems[index], 'minimise').value).to.be.closeTo(least, 1e-9);
      expect(assign(problems[index], 'maximise').value).to.be.closeTo(most, 1e-9);
    }
  });
});
