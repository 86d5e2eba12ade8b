/** `murmur topology KIND`: what a graph is like, before anything trains on it, and a drawing. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { UserError } from '../errors/index.js';
import { complaint, optionsSchema, type Choice } from '../registry/index.js';
import { loadPlugins, parseOverride } from '../recipe/index.js';
import { writeAtomically } from '../records/host/index.js';
import { describeTopology, diagnose, drawTopology, layout, mixing, topologies } from '../topologies/index.js';
import { assigned, pluginOption, wholeNumber, type Assignments } from './options.js';

interface Options {
  readonly nodes: number;
  readonly seed: number;
  readonly set: Assignments;
  readonly mixing?: string;
  readonly out?: string;
  readonly plugin: readonly string[];
}

export function topologyCommand(): Command {
  return new Command('topology')
    .description('Describe a topology: degrees, diameter, spectral gap, rounds to consensus; and draw it.')
    .argument('<kind>', 'a kind that `murmur list topologies` names')
    .requiredOption('--nodes <n>', 'how many nodes', wholeNumber)
    .addOption(
      new Option('--set <option=value>', "set one of the kind's options, e.g. --set degree=8")
        .argParser(assigned)
        .default([], 'none'),
    )
    .option(
      '--mixing <kind>',
      'a mixing matrix that `murmur list mixing` names, or with options: {kind: row-stochastic, selfWeight: 0.9}',
    )
    .option('--seed <n>', 'the seed of random graphs', wholeNumber, 1)
    .option('--out <file.svg>', 'draw the graph')
    .addOption(pluginOption())
    .action(run);
}

async function run(kind: string, options: Options): Promise<void> {
  const { nodes, seed, set, mixing: matrix, out } = options;
  if (set.some(([field]) => field === 'kind')) {
    throw new UserError(`--set kind: the kind is the first argument, here ${kind}`);
  }
  await loadPlugins(options.plugin);
  const field = optionsSchema({ topology: topologies.field(), mixing: mixing.field().optional() });
  const parsed = field.safeParse(
    {
      topology: { kind, ...Object.fromEntries(set) },
      ...(matrix !== undefined && { mixing: parseOverride(`mixing=${matrix}`)[1] }),
    },
    { error: complaint },
  );
  if (!parsed.success) {
    throw new UserError(
      parsed.error.issues
        .map(({ path: [what, ...option], message }) =>
          what === 'topology' && option.length > 0 && option[0] !== 'kind'
            ? `--set ${option.map(String).join('.')}: ${message}`
            : message,
        )
        .join('\n'),
    );
  }
  const choice: Choice = parsed.data.topology;
  const topology = topologies.create(choice, { seed, nodes, readFile: (path) => readFileSync(path, 'utf8') });
  const diagnosis = diagnose(topology, parsed.data.mixing ? { mixing: parsed.data.mixing } : {});
  process.stdout.write(`${describeTopology(choice, diagnosis).join('\n')}\n`);
  if (out === undefined) return;
  writeAtomically(
    out,
    drawTopology(topology.at(0), layout(topology, seed), { title: `${kind}, ${nodes} nodes` }),
  );
  process.stdout.write(`drawn in ${out}\n`);
}
