/** `murmur list WHAT`: what a recipe can name, with its options. */
import { Argument, Command } from 'commander';
import { jsonSchema, loadPlugins, registries } from '../recipe/index.js';
import { pluginOption } from './simulate.js';

export function listCommand(): Command {
  return new Command('list')
    .description('List what a recipe can name, and the options of each.')
    .addArgument(new Argument('<what>').choices(Object.keys(registries)))
    .addOption(pluginOption())
    .action(async (what: string, { plugin }: { plugin: readonly string[] }) => {
      await loadPlugins(plugin);
      for (const { kind, summary, options } of registries[what].entries) {
        process.stdout.write(`${kind}\n    ${summary}\n`);
        const { properties = {} } = jsonSchema(options);
        for (const [name, property] of Object.entries(properties)) {
          process.stdout.write(`    ${describe(name, property)}\n`);
        }
      }
    });
}

function describe(name: string, property: unknown): string {
  const { description, default: preset } = property as { description?: string; default?: unknown };
  const assumed = preset === undefined ? '' : ` (default ${JSON.stringify(preset)})`;
  return `  ${name}${assumed}${description === undefined ? '' : `: ${description}`}`;
}
