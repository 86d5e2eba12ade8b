/** `members.json` of a run's directory: its workers, and the key that their secrets are made of. */
import { nodeFileSystem, SECRET, writeAtomically } from '../runs/index.js';
import type { MembersRecord } from './members.js';

export function readMembers(file: string, files = nodeFileSystem): MembersRecord | undefined {
  return files.exists(file) ? (JSON.parse(files.read(file).toString()) as MembersRecord) : undefined;
}

/** Durably. */
export function writeMembers(file: string, members: MembersRecord, files = nodeFileSystem): void {
  writeAtomically(file, JSON.stringify(members), SECRET, files);
}
