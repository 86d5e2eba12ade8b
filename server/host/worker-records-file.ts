/** `workers.json` of a run's directory: its workers, and the key that their secrets are made of. */
import { nodeFileSystem, SECRET, writeAtomically } from '../../records/host/index.js';
import type { WorkerRecords } from '../index.js';

export function readWorkerRecords(file: string, files = nodeFileSystem): WorkerRecords | undefined {
  return files.exists(file) ? (JSON.parse(files.read(file).toString()) as WorkerRecords) : undefined;
}

/** Durably. */
export function writeWorkerRecords(file: string, members: WorkerRecords, files = nodeFileSystem): void {
  writeAtomically(file, JSON.stringify(members), SECRET, files);
}
