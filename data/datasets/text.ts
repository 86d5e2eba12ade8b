/** A user's own texts: a folder of text files, each of which is an owner. */
import { z } from 'zod';
import { openFolder } from '../dataset-files.js';
import { checksumOfTexts, readTexts } from './text-folder.js';
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
  create({ folder, ...options }, { files }) {
    const texts = readTexts(openFolder(files, folder));
    const documents = texts.map((text): Document => {
      // Keeps a file named `.txt` from being an owner without a name.
      const owner = text.name.replace(/(?<=.)\.txt$/, '');
      return { ...text, owner, test: 'end' };
    });
    return {
      ...windowDataset('text', documents, options),
      checksums: checksumOfTexts(`${folder.replace(/\/+$/, '')}/*.txt`, texts),
    };
  },
});
