/** What a command says of a run that is over; the report is written on the way. */
import type { RunRecord } from '../runs/index.js';

const endings = {
  rounds: 'all rounds are done',
  target: 'the target is reached',
  done: 'the algorithm is done',
  diverged: 'training diverged',
};

const parts = {
  test: '',
  validation: ' on the validation part',
  clients: " on the clients' own examples (mean of the clients)",
};

export async function runSummary(record: RunRecord, directory: string | undefined): Promise<string> {
  // Loaded only now, since the charts' modules take a second.
  const { writeReport } = await import('../experiments/index.js');
  const report = directory === undefined ? undefined : writeReport(directory);
  const lines = [
    `${record.name}: ${endings[record.ended]} after ${record.rounds} rounds, in ${record.wallSeconds.toFixed(1)} s`,
    `  accuracy  ${(100 * record.accuracy).toFixed(2)} %${parts[record.evaluatedOn]}`,
    ...(record.loss === undefined ? [] : [`  loss      ${record.loss.toFixed(4)}`]),
    `  weights   sha256 ${record.weightsSha256}`,
    ...(report === undefined ? [] : [`  report    ${report}`]),
  ];
  return `${lines.join('\n')}\n`;
}
