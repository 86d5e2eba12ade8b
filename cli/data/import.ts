/** `murmur data import NAME FOLDER`: copies a dataset's files from a user's folder and checks them. */
import { Command } from 'commander';
import { defaultDataHome, importDataset } from '../../data/host/index.js';

export const importCommand = () =>
  new Command('import')
    .description(
      "Copy a dataset's files from a folder, e.g. /usr/share/datasets/fashion-mnist, and check them.",
    )
    .argument('<name>', 'a dataset from `murmur data list`')
    .argument('<folder>')
    .action((name: string, folder: string) => {
      const copies = importDataset(name, folder, { home: defaultDataHome() });
      process.stdout.write(`${copies.join('\n')}\n`);
    });
