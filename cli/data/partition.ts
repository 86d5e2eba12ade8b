/** `murmur data partition RECIPE`: measures and draws the partition of a recipe's data over its clients. */
import { Command } from 'commander';
import { labelCounts, openExamples } from '../../data/index.js';
import { buildFederation, loadPlugins, readRecipe, type Federation } from '../../recipe/index.js';
import { writeAtomically } from '../../records/host/index.js';
import { describeSkew } from '../../simulator/index.js';
import { overrides, pluginOption, setOption, type Assignments } from '../options.js';

interface Options {
  readonly set: Assignments;
  readonly plugin: readonly string[];
  readonly plot?: string;
}

export function partitionCommand(): Command {
  return new Command('partition')
    .description("Measure the partition of a recipe's data over its clients.")
    .argument('<recipe>')
    .addOption(setOption())
    .addOption(pluginOption())
    .option('--plot <file.svg>', 'draw a heatmap of clients × labels')
    .action(async (file: string, { set, plugin, plot }: Options) => {
      await loadPlugins(plugin);
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

/** The maximum number of drawn clients. */
const MAX_DRAWN = 200;

async function drawPartition({ dataset, partition, recipe }: Federation): Promise<string> {
  const { heatmap, themes, withColours } = await import('../../experiments/index.js');
  const clients = Array.from({ length: Math.min(partition.clients, MAX_DRAWN) }, (_, client) => client);
  const counts = labelCounts(partition, openExamples(dataset.train), dataset.classes, clients);
  const labels = counts[0].map((_, label) => label);
  const svg = heatmap({
    title: `Labels by client: ${recipe.data.partition.kind}`,
    description: `The number of examples of each label per client, for ${clients.length} of ${partition.clients} clients.`,
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
