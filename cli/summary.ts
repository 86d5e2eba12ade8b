/** What a command says of a run that is over; the report is written on the way. */
import type { RunRecord } from '../records/index.js';

const endings = {
  rounds: 'all rounds are done',
  target: 'the target is reached',
  done: 'the algorithm is done',
};

const parts = {
  test: '',
  validation: ' on the validation part',
  clients: ' on the examples that each client trained on (mean of the clients)',
};

/** In gossip a run is judged by its nodes' models; the average of these, which no node has, stands beside them. */
function whose({ nodes, clients }: RunRecord): string {
  if (nodes === undefined) return '';
  return nodes < clients ? ` (mean of ${nodes} of ${clients} nodes)` : ` (mean of all ${clients} nodes)`;
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

export async function runSummary(record: RunRecord, directory: string | undefined): Promise<string> {
  // Loaded only now, since the charts' modules take a second.
  const { writeReport } = await import('../experiments/index.js');
  const report = directory === undefined ? undefined : writeReport(directory);
  const lines = [
    `${record.name}: ${endings[record.ended]} after ${record.rounds} rounds, in ${record.wallSeconds.toFixed(1)} s`,
    `  accuracy  ${percent(record.accuracy)}${parts[record.evaluatedOn]}${whose(record)}`,
    ...(record.loss === undefined ? [] : [`  loss      ${record.loss.toFixed(4)}`]),
    ...(record.averageModel === undefined
      ? []
      : [`  average   ${percent(record.averageModel.accuracy)} (the nodes' average model, which is saved)`]),
    `  weights   sha256 ${record.weightsSha256}`,
    ...(report === undefined ? [] : [`  report    ${report}`]),
  ];
  return `${lines.join('\n')}\n`;
}
