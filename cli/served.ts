/** What `serve` and `launch` print of how a run ended. */
import type { ServeResult } from '../server/host/index.js';
import { exitCode } from './exit-codes.js';
import { runSummary } from './summary.js';

/** @param json whether the record is printed as a line of JSON */
export async function printServed(result: ServeResult, json = false): Promise<void> {
  if (result.alreadyFinished) process.stderr.write('The run was finished already; nothing to do.\n');
  if (result.record === undefined) {
    process.stderr.write(`murmur: stopped; go on with --resume --out ${result.directory}\n`);
    process.exitCode = exitCode.interrupted;
    return;
  }
  const summary = await runSummary(result.record, result.directory);
  process.stdout.write(json ? `${JSON.stringify({ type: 'finished', ...result.record })}\n` : summary);
}
