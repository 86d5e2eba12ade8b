/** `murmur data list`: the datasets, their licences, and where they are or how to get them. */
import { Command } from 'commander';
import { catalogueEntry, datasets, isCatalogued, type CatalogueName } from '../../data/index.js';
import { defaultDataHome, findDataset } from '../../data/host/index.js';

export const listCommand = () =>
  new Command('list').description('List the datasets and where they are.').action(() => {
    const home = defaultDataHome();
    for (const { kind, summary } of datasets.entries) {
      process.stdout.write(`${kind}\n    ${summary}\n`);
      if (!isCatalogued(kind)) continue;
      for (const line of about(kind, home)) process.stdout.write(`    ${line}\n`);
    }
  });

function about(name: CatalogueName, home: string): string[] {
  const { licence, source, downloads, howTo } = catalogueEntry(name);
  const place = findDataset(name, home);
  const get = downloads ? `get it with \`murmur data get ${name}\`` : (howTo ?? '');
  return [`licence: ${licence}; ${source}`, place === undefined ? `not here: ${get}` : `in ${place}`];
}
