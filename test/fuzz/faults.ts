/** `npm run fuzz:faults -- --seeds 100000`: histories under faults, each with the command that shows it again. */
import { parseArgs } from 'node:util';
import { noFaults } from '../faults/disk-faults.js';
import { faultRun } from '../faults/fault-run.js';
import { faultScenarios, scenarioOf } from '../support/fault-scenarios.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '0' } },
});
const [from, seeds] = [Number(values.from), Number(values.seeds)];
const scenarios = await faultScenarios();
let failed = 0;
const all = noFaults();
let disturbed = 0;
for (let seed = from; seed < from + seeds; seed++) {
  const violation = await faultRun(scenarioOf(scenarios, seed), seed, {
    onEnd({ counts: { diskFaults, exits } }) {
      if (diskFaults.size > 0) disturbed++;
      for (const [operation, times] of diskFaults) {
        all.diskFaults.set(operation, (all.diskFaults.get(operation) ?? 0) + times);
      }
      all.exits.coordinator += exits.coordinator;
      all.exits.worker += exits.worker;
    },
  });
  if (violation !== undefined) {
    failed++;
    console.error(`seed ${seed}: ${violation}; again by: npm run fuzz:faults -- --from ${seed} --seeds 1`);
  }
  if ((seed + 1) % 1000 === 0) console.log(`${seed + 1 - from} histories, ${failed} of them wrong`);
}
console.log(`${seeds} histories, ${failed} of them wrong`);
const operations = [...all.diskFaults].map(([operation, times]) => `${operation} ${times}`).sort();
console.log(`${disturbed} of them with faults of a disk: ${operations.join(', ') || 'none'}`);
const { coordinator, worker } = all.exits;
console.log(`exits by these: ${coordinator} of coordinators, ${worker} of workers`);
process.exit(failed === 0 ? 0 : 1);
