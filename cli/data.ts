/** `murmur data …`: what data there is, getting it, importing it, and looking at a partition. */
import { Command } from 'commander';
import {
  datasets,
  defaultDataHome,
  getDataset,
  importDataset,
  labelCounts,
  openExamples,
} from '../data/index.js';
import { buildFederation, readRecipe, type Federation } from '../recipe/index.js';
import { writeAtomically } from '../runs/index.js';
import { describeSkew } from '../simulator/index.js';
import { overrides, setOption, type Assignments } from './options.js';

export function dataCommand(): Command {
  return new Command('data')
    .description('Data sets and how they are partitioned.')
    .addCommand(listCommand())
    .addCommand(getCommand())
    .addCommand(importCommand())
    .addCommand(partitionCommand());
}

function listCommand(): Command {
  return new Command('list').description('List the data sets.').action(() => {
    for (const { kind, summary } of datasets.entries) process.stdout.write(`${kind}\n    ${summary}\n`);
  });
}

function getCommand(): Command {
  return new Command('get')
    .description('Download a data set from its official place, checked; goes on where it was cut.')
    .argument('<name>')
    .action(async (name: string) => {
      const folder = await getDataset(name, {
        home: defaultDataHome(),
        onProgress: ({ file, received, total }) => {
          if (!process.stderr.isTTY) return;
          const share = total === undefined ? '' : ` of ${megabytes(total)}`;
          process.stderr.write(`\r${file}: ${megabytes(received)}${share}   `);
        },
      });
      process.stdout.write(`${name} is in ${folder}\n`);
    });
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function importCommand(): Command {
  return new Command('import')
    .description("Take a data set's files from a folder of yours, e.g. /usr/share/datasets/fashion-mnist.")
    .argument('<name>')
    .argument('<folder>')
    .action((name: string, folder: string) => {
      const copies = importDataset(name, folder, { home: defaultDataHome() });
      process.stdout.write(`${copies.join('\n')}\n`);
    });
}

function partitionCommand(): Command {
  return new Command('partition')
    .description("Say how a recipe's data are spread over the clients.")
    .argument('<recipe>')
    .addOption(setOption())
    .option('--plot <file.svg>', 'draw clients × labels')
    .action(async (file: string, { set, plot }: { set: Assignments; plot?: string }) => {
      const federation = buildFederation(readRecipe(file, overrides({ set })));
      const { dataset, partition } = federation;
      process.stdout.write(
        `${partition.clients} clients: ${describeSkew(federation.skew(), dataset.classes)}\n`,
      );
      if (plot === undefined) return;
      writeAtomically(plot, await drawPartition(federation));
      process.stdout.write(`drawn in ${plot}\n`);
    });
}

/** More clients than these are not drawn. */
const DRAWN = 200;

async function drawPartition({ dataset, partition, recipe }: Federation): Promise<string> {
  const { heatmap, themes, withColours } = await import('../experiments/index.js');
  const clients = Array.from({ length: Math.min(partition.clients, DRAWN) }, (_, client) => client);
  const counts = labelCounts(partition, openExamples(dataset.train), dataset.classes, clients);
  const labels = counts[0].map((_, label) => label);
  const svg = heatmap({
    title: `Labels by client: ${recipe.data.partition.kind}`,
    description: `How many examples of each label clients hold; ${clients.length} of ${partition.clients} clients are shown.`,
    width: 960,
    height: Math.min(620, 110 + dataset.classes * 18),
    x: { label: 'client', names: clients.map(String) },
    y: { label: 'label', names: labels.map((label) => dataset.classNames?.[label] ?? String(label)) },
    values: labels.map((label) => counts.map((held) => (held[label] > 0 ? held[label] : undefined))),
    amounts: {
      label: 'examples',
      format: (amount: number) => amount.toFixed(0),
      low: 0,
      high: counts.flat().reduce((most, amount) => Math.max(most, amount), 1),
    },
  });
  return withColours(svg, themes.light);
}
