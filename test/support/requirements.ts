/**
 * What some tests need besides Node.js. Where it is missing they are skipped, so that a newcomer's test run
 * passes; where MURMUR_REQUIRE_ALL=1 (.ci/run sets it) they fail instead, so that nothing is skipped unseen.
 */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Skips the test, or fails it under MURMUR_REQUIRE_ALL=1, unless the thing is there. */
export function need(test: Mocha.Context, what: string, isThere: boolean): void {
  if (isThere) return;
  if (process.env['MURMUR_REQUIRE_ALL'] === '1') {
    throw new Error(`${what} is missing, and MURMUR_REQUIRE_ALL=1 says that no test may be skipped`);
  }
  test.skip();
}

/** Whether a program is on the PATH. */
export const hasProgram = (name: string) =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Another Node.js, as .ci/run installs it. */
export const nodeOf = (version: string) => resolve(`.cache/nodes/node_modules/node${version}/bin/node`);
