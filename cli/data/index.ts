/** `murmur data …`: lists, downloads and imports datasets, and measures partitions. */
import { Command } from 'commander';
import { getCommand } from './get.js';
import { importCommand } from './import.js';
import { listCommand } from './list.js';
import { partitionCommand } from './partition.js';

export const dataCommand = () =>
  new Command('data')
    .description('Datasets and their partitions over clients.')
    .addCommand(listCommand())
    .addCommand(getCommand())
    .addCommand(importCommand())
    .addCommand(partitionCommand());
