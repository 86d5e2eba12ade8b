/** The page docs/central.md, from what is recorded. */
import { mean } from '../../../numerics/index.js';
import { standardError } from '../../analysis/interval.js';
import { studentCritical } from '../../analysis/student-t.js';
import { claim, type Finding } from '../findings.js';
import { table } from '../markdown.js';
import type { Results } from '../reproduction.js';
import { cellOf, type Trained } from './cells.js';
import { BATCH, seeds, settings, type Setting } from './settings.js';

const NAMES = {
  '2nn': '2NN',
  lenet5: 'LeNet-5',
  cnn: 'CNN',
  resnet8: 'ResNet-8',
  resnet20: 'ResNet-20',
  vgg9: 'VGG-9',
  mnist: 'MNIST',
  'fashion-mnist': 'Fashion-MNIST',
};

interface Compared {
  readonly setting: Setting;
  readonly runs: readonly Trained[];
  /** Percentage points that ours is above PyTorch, and how far that may come from the seeds alone. */
  readonly above: number;
  readonly noise: number;
}

function compare(setting: Setting, results: Results): Compared {
  const runs = seeds.flatMap((seed) => results(cellOf(setting, seed)) ?? []);
  const [ours, torch] = [
    runs.map((run) => 100 * run.ours.accuracy),
    runs.map((run) => 100 * run.torch.accuracy),
  ];
  const error = Math.hypot(standardError(ours), standardError(torch));
  return {
    setting,
    runs,
    above: mean(ours) - mean(torch),
    noise: runs.length < 2 ? NaN : studentCritical(0.95, 2 * (runs.length - 1)) * error,
  };
}

const percent = (values: readonly number[]) => (100 * mean(values)).toFixed(2);
const points = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function row({ setting, runs, above, noise }: Compared): string[] {
  const { model, dataset, examples, epochs, rate } = setting;
  const about = [NAMES[model], NAMES[dataset], examples.toLocaleString('en'), String(epochs), String(rate)];
  if (runs.length === 0) return [...about, '', '', '', '', '', '', ''];
  const each = (of: (run: Trained) => number) => runs.map(of);
  return [
    ...about,
    percent(each((run) => run.ours.accuracy)),
    percent(each((run) => run.torch.accuracy)),
    points(above),
    Number.isNaN(noise) ? '' : noise.toFixed(2),
    mean(each((run) => run.ours.loss)).toFixed(4),
    mean(each((run) => run.torch.loss)).toFixed(4),
    String(runs.length),
  ];
}

function finding({ setting: { model, dataset }, above, noise }: Compared): Finding {
  return {
    holds: Number.isNaN(noise) ? undefined : Math.abs(above) <= noise,
    text: Number.isNaN(noise)
      ? `${NAMES[model]} on ${NAMES[dataset]}: not run with two seeds or more`
      : `${NAMES[model]} on ${NAMES[dataset]}: ${points(above)} points, noise of the seeds ${noise.toFixed(2)}`,
  };
}

export function page(results: Results): string {
  const compared = settings.map((setting) => compare(setting, results));
  const head = [
    ...['model', 'data', 'examples', 'epochs', 'rate', 'ours, %', 'PyTorch, %', 'points above', 'noise'],
    ...['our loss', "PyTorch's", 'seeds'],
  ];
  return `# Trained centrally, beside PyTorch

Asked: does the engine learn what PyTorch learns? One client holds all examples and trains by plain SGD in batches of
${BATCH}; PyTorch does the same, from the same distribution of initial weights (Glorot's uniform one, zero biases) and with
draws of its own, so that equal seeds are no pairs. ResNets have group norms of two groups; where a convolution strides, ours
pads the far side as TensorFlow does, PyTorch's both sides.

This page is written from [recorded runs](../experiments/results/central.jsonl); \`npm run reproduce -- central\` runs what
is missing, with Debian's PyTorch (\`/usr/bin/python3\`). Accuracy and loss are on all 10,000 test images after the last epoch,
means over the seeds that ran, of ${seeds.join(', ')}. Noise is the half of the 95 % interval of the difference of both means
(Student's t, 2 (n − 1) degrees of freedom).

${table(head, 2, compared.map(row))}

${claim("The accuracy is PyTorch's within the noise of the seeds.", compared.map(finding))}
`;
}
