/** `murmur data …`: what data there is, getting it, importing it, and looking at a partition. */
import { Command } from 'commander';
import { getCommand } from './get.js';
import { importCommand } from './import.js';
import { listCommand } from './list.js';
import { partitionCommand } from './partition.js';

export const dataCommand = () =>
  new Command('data')
    .description('Data sets, and how recipes spread them over clients.')
    .addCommand(listCommand())
    .addCommand(getCommand())
    .addCommand(importCommand())
    .addCommand(partitionCommand());
