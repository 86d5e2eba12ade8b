/** Accuracy by round and by bytes, for each dataset with the usual number of local epochs. */
import type { Series } from '../../report/charts/series.js';
import { mean } from '../../../numerics/index.js';
import { drawing, type Drawing } from '../drawing.js';
import type { Recorded } from './recorded.js';
import { compared } from './rounds-tables.js';
import type { Rounds } from './rounds.js';
import { datasetNames, datasets, EPOCHS, methodLabels, methods } from './settings.js';

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

export function figures(recorded: Recorded): Drawing[] {
  return datasetNames.flatMap((dataset) => {
    const { runs } = compared(recorded, dataset, EPOCHS);
    if (runs.size === 0) return [];
    const series = (x: 'rounds' | 'bytes') =>
      methods.flatMap((method): Series[] => {
        const run = runs.get(method);
        return run ? [{ name: methodLabels[method], points: points(run.runs, x) }] : [];
      });
    const y = { label: 'test accuracy', format: percent };
    const where = `${datasets[dataset]}, Dirichlet 0.5, E = ${EPOCHS}`;
    return [
      drawing(`figures/fedma-${dataset}-rounds.svg`, {
        title: `Accuracy by round: ${where}`,
        description: 'FedMA has a whole network after each pass of three rounds, the others after each.',
        x: { label: 'rounds', whole: true },
        y,
        series: series('rounds'),
      }),
      drawing(`figures/fedma-${dataset}-bytes.svg`, {
        title: `Accuracy by bytes: ${where}`,
        description: 'Weights sent between the server and all clients, both ways.',
        x: { label: 'MB sent', format: (bytes) => (bytes / 1e6).toFixed(0) },
        y,
        series: series('bytes'),
      }),
    ];
  });
}

/** Means over the seeds. */
const points = (runs: readonly Rounds[], x: 'rounds' | 'bytes') =>
  runs[0].rounds.map(
    (_, index) => [mean(runs.map((run) => run[x][index])), mean(runs.map((run) => run.test[index]))] as const,
  );
