#!/usr/bin/env node
/** The `murmur` command: one file for each of its commands. */
import { Command } from 'commander';
import { version } from '../records/host/index.js';
import { dataCommand } from './data/index.js';
import { evaluateCommand } from './evaluate.js';
import { exitCode } from './exit-codes.js';
import { reportFailure } from './failure.js';
import { joinCommand } from './join.js';
import { launchCommand } from './launch.js';
import { listCommand } from './list.js';
import { referenceCommand } from './reference.js';
import { nativeCommand, useKernels } from './native.js';
import { reportCommand } from './report.js';
import { schemaCommand } from './schema.js';
import { serveCommand } from './serve.js';
import { simulateCommand } from './simulate.js';
import { sweepCommand } from './sweep.js';
import { topologyCommand } from './topology.js';
import { workCommand } from './work.js';

const program = new Command('murmur')
  .description('Federated and gossip learning, reproducible to the bit.')
  .version(version())
  .addHelpText(
    'after',
    '\nTo begin: murmur simulate experiments/recipes/fedavg-mnist.yaml. The guides are in docs/.',
  )
  .addCommand(simulateCommand())
  .addCommand(launchCommand())
  .addCommand(serveCommand())
  .addCommand(joinCommand())
  .addCommand(sweepCommand())
  .addCommand(workCommand())
  .addCommand(reportCommand())
  .addCommand(evaluateCommand())
  .addCommand(listCommand())
  .addCommand(schemaCommand())
  .addCommand(referenceCommand())
  .addCommand(dataCommand())
  .addCommand(topologyCommand())
  .addCommand(nativeCommand())
  .hook('preAction', (_, command) => {
    useKernels(command.opts());
  });

/** Makes a command and those below it throw instead of ending the process, so that all exit codes are ours. */
function throwing(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(throwing);
  return command;
}

// A reader that has seen enough (`murmur list algorithms | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  error.path = 'the standard output';
  process.exit(error.code === 'EPIPE' ? exitCode.ok : reportFailure(error));
});

// What nobody awaited or caught has left the process in a state that is not known.
process.on('uncaughtException', (error: unknown) => {
  process.exit(reportFailure(error));
});

/** Whatever a failed command has left open does not keep the process alive. */
const LEFT_OPEN_MS = 1_000;

try {
  await throwing(program).parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}
