/** A user's own texts: a folder of files, each of them an owner. */
import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { z } from 'zod';
import { checksumOfFiles, readShared } from '../host/read-file.js';
import { userPath } from '../host/locate.js';
import { defineDataset } from './entry.js';
import { windowDataset, windowOptions, type Document } from './windows.js';

export const text = defineDataset({
  kind: 'text',
  summary: 'Your own texts, for next-character prediction: every .txt file of a folder is an owner.',
  options: {
    folder: z
      .string()
      .min(1)
      .describe('folder with .txt files in UTF-8; a path, or a folder in the data home'),
    ...windowOptions,
  },
  create({ folder, ...options }, places) {
    const path = userPath(folder, places);
    const names = readdirSync(path).filter((name) => name.endsWith('.txt'));
    if (names.length === 0) throw new Error(`there are no .txt files in '${path}'`);
    const documents = names.sort().map((name): Document => {
      const file = join(path, name);
      return { path: file, content: readShared(file), owner: parse(name).name, test: 'end' };
    });
    return {
      ...windowDataset('text', documents, options),
      checksums: checksumOfFiles(join(folder, '*.txt'), documents),
    };
  },
});
