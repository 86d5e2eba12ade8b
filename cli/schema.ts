/** `murmur schema`: the JSON Schema of a recipe, for editors. */
import { Command } from 'commander';
import { loadPlugins, recipeJsonSchema } from '../recipe/index.js';
import { pluginOption } from './options.js';

export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of a recipe, e.g. for completion in an editor.')
    .addOption(pluginOption())
    .action(async ({ plugin }: { plugin: readonly string[] }) => {
      await loadPlugins(plugin);
      process.stdout.write(`${JSON.stringify(recipeJsonSchema(), undefined, 2)}\n`);
    });
}
