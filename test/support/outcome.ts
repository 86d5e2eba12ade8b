/** What a run ended in: equal for two runs that are to be the same to the bit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord } from '../../records/host/index.js';

export interface Outcome {
  readonly weightsSha256: string;
  /** metrics.jsonl, whole. */
  readonly metrics: string;
  readonly model: Buffer;
}

export const outcome = (directory: string): Outcome => ({
  weightsSha256: readRecord(directory).weightsSha256,
  metrics: readFileSync(join(directory, 'metrics.jsonl'), 'utf8'),
  model: readFileSync(join(directory, 'model.safetensors')),
});
