/** `murmur data import NAME FOLDER`: takes a data set's files from a user's folder, checked. */
import { Command } from 'commander';
import { defaultDataHome, importDataset } from '../../data/host/index.js';

export const importCommand = () =>
  new Command('import')
    .description("Take a data set's files from a folder of yours, e.g. /usr/share/datasets/fashion-mnist.")
    .argument('<name>', 'a data set that `murmur data list` names')
    .argument('<folder>')
    .action((name: string, folder: string) => {
      const copies = importDataset(name, folder, { home: defaultDataHome() });
      process.stdout.write(`${copies.join('\n')}\n`);
    });
