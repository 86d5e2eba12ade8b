/** What merge rules do with batch norm's running statistics, and that these decide nothing else. */
import { expect } from 'chai';
import { layOut, putStatistics, takeStatistics, view } from '../../learning/index.js';
import type { Contribution, MergeInput } from '../../merging/index.js';
import { bits, contextOf, normalWeights, randomModels } from './models.js';
import { cases, make, someInput } from './rule-cases.js';

const manifest = layOut([
  { name: 'dense1/kernel', shape: [5, 8], role: 'weight' },
  { name: 'norm/scale', shape: [8], role: 'norm.scale' },
  { name: 'norm/shift', shape: [8], role: 'norm.shift' },
  { name: 'norm/mean', shape: [8], role: 'norm.mean' },
  { name: 'norm/variance', shape: [8], role: 'norm.var' },
  { name: 'dense2/kernel', shape: [8, 3], role: 'weight' },
]);
const variance = manifest.tensors[4];

/** Means of any sign and variances that are not negative, of the size `scale`. */
function statisticsOf(index: number, scale: number): Float32Array {
  const drawn = normalWeights(16, scale, ['statistics', index]);
  return drawn.map((value, i) => (i < 8 ? value : Math.abs(value)));
}

/** An own model, five received ones and a base; statistics of one draw or of another, all else the same. */
function inputOf(draw: number, scale = 1): MergeInput {
  const [base, own, ...received] = randomModels(manifest, 7);
  [base, own, ...received].forEach(({ weights }, index) => {
    putStatistics(manifest, statisticsOf(10 * draw + index, scale), weights);
  });
  return { ...someInput(0), base: base.weights, own, received };
}

const statistics = ({ weights }: Pick<Contribution, 'weights'>) => takeStatistics(manifest, weights);
const models = ({ own, received }: MergeInput) => (own ? [own, ...received] : received);

/** Rules that go beyond the models that they merge. */
const extrapolating = ['task-arithmetic', 'ties', 'dare', 'magmax', 'model-stock'];

for (const ruleCase of cases) {
  describe(`running statistics under ${JSON.stringify(ruleCase.choice)}`, () => {
    const rule = make(ruleCase, contextOf(manifest));

    it('stay among those of the merged models, and variances are not negative', () => {
      const input = inputOf(1);
      const merged = rule.merge(input);
      const all = models(input).map(statistics);
      statistics(merged).forEach((value, i) => {
        const values = all.map((own) => own[i]);
        expect(value).to.be.within(Math.min(...values) - 1e-6, Math.max(...values) + 1e-6);
      });
      expect(view(merged.weights, variance).every((value) => value >= 0)).to.equal(true);
    });

    it('decide nothing about any other weight', () => {
      const parameters = (draw: number, scale: number) => {
        const { weights, report } = rule.merge(inputOf(draw, scale));
        putStatistics(manifest, new Float32Array(16), weights);
        return { bits: bits(weights), report };
      };
      expect(parameters(1, 1)).to.deep.equal(parameters(2, 1000));
    });

    if (!extrapolating.includes(ruleCase.choice.kind)) return;
    it('are the mean of all models, whatever the base', () => {
      const input = inputOf(1);
      const all = models(input).map(statistics);
      const merged = statistics(rule.merge(input));
      merged.forEach((value, i) => {
        const mean = all.reduce((sum, own) => sum + own[i], 0) / all.length;
        expect(value).to.be.closeTo(mean, 1e-6);
      });
      const other = { ...input, base: inputOf(3).base ?? new Float32Array() };
      expect(bits(statistics(rule.merge(other)))).to.equal(bits(merged));
    });
  });
}
