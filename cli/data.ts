/** `murmur data …`: what data there is, getting it, importing it, and looking at a partition. */
import { Command } from 'commander';
import { datasets } from '../data/index.js';
import { buildFederation, readRecipe } from '../recipe/index.js';
import { describeSkew } from '../simulator/index.js';
import { overrides, setOption } from './simulate.js';

export function dataCommand(): Command {
  return new Command('data')
    .description('Data sets and how they are partitioned.')
    .addCommand(
      new Command('list').description('List the data sets.').action(() => {
        for (const { kind, summary } of datasets.entries) process.stdout.write(`${kind}\n    ${summary}\n`);
      }),
    )
    .addCommand(
      new Command('partition')
        .description("Say how a recipe's data are spread over the clients.")
        .argument('<recipe>')
        .addOption(setOption())
        .action((file: string, { set }: { set: readonly [string, unknown][] }) => {
          const federation = buildFederation(readRecipe(file, overrides({ set })));
          const { dataset, partition } = federation;
          process.stdout.write(
            `${partition.clients} clients: ${describeSkew(federation.skew(), dataset.classes)}\n`,
          );
        }),
    );
}
