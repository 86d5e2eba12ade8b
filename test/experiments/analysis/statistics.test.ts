/** Intervals and paired tests against numbers worked out by hand, and against SciPy. */
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { intervalOf } from '../../../experiments/analysis/interval.js';
import { holm, pairedDifference } from '../../../experiments/analysis/paired-tests.js';
import { studentCritical, studentTwoSided } from '../../../experiments/analysis/student-t.js';
import { distributions, stream } from '../../../numerics/index.js';
import { need } from '../../support/requirements.js';

/** Runs Python that reads JSON as `given` and prints JSON. */
function python(code: string, given: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(
    'python3',
    ['-c', `import json, sys\ngiven = json.load(sys.stdin)\n${code}`],
    { input: JSON.stringify(given), encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const hasScipy = () => spawnSync('python3', ['-c', 'import scipy']).status === 0;

describe('intervals and tests over seeds', () => {
  it("Student's t is the arctangent with one degree of freedom, and algebraic with two", () => {
    expect(studentTwoSided(1, 1)).to.be.closeTo(0.5, 1e-15);
    // P(|T| ≤ t) = t ÷ √(2 + t²)
    expect(studentTwoSided(2, 2)).to.be.closeTo(1 - 2 / Math.sqrt(6), 1e-15);
    expect(studentCritical(0.95, 1)).to.be.closeTo(12.7062, 1e-4);
    expect(studentCritical(0.95, 4)).to.be.closeTo(2.7764, 1e-4);
    expect(studentTwoSided(Infinity, 3)).to.equal(0);
  });

  it('the interval of 1, 2, 3 is 2 ± 4.303 ÷ √3', () => {
    const { count, mean, margin } = intervalOf([1, 2, 3]);
    expect([count, mean]).to.deep.equal([3, 2]);
    expect(margin).to.be.closeTo(4.30265 / Math.sqrt(3), 1e-5);
  });

  it('one value has no interval, none has no mean', () => {
    expect(intervalOf([7])).to.deep.equal({ count: 1, mean: 7, margin: NaN });
    expect(intervalOf([]).mean).to.be.NaN;
  });

  it('three differences of one sign have p = 2 ÷ 8 over the signs, and t = 2 √3 for 1, 2, 3', () => {
    const { pSignFlip, pStudent } = pairedDifference([1, 2, 3]);
    expect(pSignFlip).to.equal(0.25);
    expect(pStudent).to.be.closeTo(studentTwoSided(2 * Math.sqrt(3), 2), 1e-15);
  });

  it('equal settings differ by nothing, and a constant difference has no spread to test', () => {
    expect(pairedDifference([0, 0, 0])).to.include({ pStudent: 1, pSignFlip: 1 });
    expect(pairedDifference([0.5, 0.5])).to.include({ pStudent: 0, pSignFlip: 0.5 });
    expect(pairedDifference([0.5]).pStudent).to.be.NaN;
  });

  it("Holm's adjustment multiplies by what is left, and never falls", () => {
    expect(holm([0.01, 0.04, 0.03, NaN])).to.deep.equal([0.03, 0.06, 0.06, NaN]);
    expect(holm([0.6, 0.7])).to.deep.equal([1, 1]);
  });

  it('agrees with SciPy', function () {
    need(this, "Debian's python3-scipy", hasScipy());
    const normal = distributions.normal(stream(1, 'differences'));
    const lists = [2, 3, 5, 8, 12].flatMap((size) =>
      [0, 0.7].map((shift) => Array.from({ length: size }, () => shift + normal())),
    );
    const degrees = [1, 2, 3, 4, 9, 30, 301];
    const theirs = python(
      `import numpy as np
from scipy import stats
out = {'critical': [stats.t.ppf(0.975, d) for d in given['degrees']], 'tests': []}
for values in given['lists']:
    v = np.array(values)
    ci = stats.t.interval(0.95, len(v) - 1, loc=v.mean(), scale=stats.sem(v))
    flip = stats.permutation_test((v,), np.mean, permutation_type='samples', n_resamples=np.inf)
    out['tests'].append([v.mean(), ci[1] - v.mean(), stats.ttest_1samp(v, 0).pvalue, flip.pvalue])
print(json.dumps(out))`,
      { degrees, lists },
    ) as { critical: number[]; tests: number[][] };
    degrees.forEach((d, i) => {
      expect(studentCritical(0.95, d)).to.be.closeTo(theirs.critical[i], 1e-9 * theirs.critical[i]);
    });
    lists.forEach((list, i) => {
      const { mean, margin, pStudent, pSignFlip } = pairedDifference(list);
      [mean, margin, pStudent, pSignFlip].forEach((ours, k) => {
        expect(ours, `list ${i}, figure ${k}`).to.be.closeTo(theirs.tests[i][k], 1e-9);
      });
    });
  });
});
