#!/usr/bin/env node
/** The `murmur` command: one file for each of its commands. */
import { Command } from 'commander';
import { version } from '../simulator/index.js';
import { dataCommand } from './data.js';
import { evaluateCommand } from './evaluate.js';
import { reportFailure } from './failure.js';
import { listCommand } from './list.js';
import { schemaCommand } from './schema.js';
import { simulateCommand } from './simulate.js';

const program = new Command('murmur')
  .description('Federated and gossip learning, reproducible to the bit.')
  .version(version())
  .addCommand(simulateCommand())
  .addCommand(evaluateCommand())
  .addCommand(listCommand())
  .addCommand(schemaCommand())
  .addCommand(dataCommand());

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
