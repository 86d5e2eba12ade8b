/** Which algorithms run under which schedule. */
import type { Algorithm } from '../algorithms/index.js';
import type { Codec } from '../protocol/index.js';
import type { Recipe } from './schema.js';

/** @returns a sentence where the recipe's schedule does not fit the rest of it */
export function refuseSchedule(
  { schedule, algorithm: { kind }, network }: Recipe,
  algorithm: Algorithm,
  codec: Codec,
  clients: number,
): string | undefined {
  if (schedule.kind === 'asynchronous' && algorithm.family === 'federated') {
    return `schedule 'asynchronous' is for gossip; '${kind}' has rounds, and fedbuff and fedasync have schedule: { kind: buffered, concurrency: 20 }`;
  }
  if (schedule.kind !== 'buffered') return undefined;
  if (algorithm.family !== 'federated' || algorithm.answers !== 'sum' || algorithm.buffered !== true) {
    return `'${kind}' does not say how an answer counts that starts from an older model, as schedule 'buffered' has them: use fedbuff or fedasync`;
  }
  if (codec.feedback) {
    return `network.codec '${network.codec?.kind}' keeps what an answer lost for the client's next one, which a buffered schedule cannot take back: give it feedback: false, or use another`;
  }
  const { deadline, minimum, overSelection } = network;
  if ((deadline ?? minimum ?? overSelection) !== undefined) {
    return 'network.deadline, minimum and overSelection are for rounds; under a buffered schedule nobody waits for the slowest';
  }
  if (schedule.size > clients) {
    return `schedule.size is ${schedule.size}, but there are ${clients} clients, and none trains twice from the same model`;
  }
  return undefined;
}
