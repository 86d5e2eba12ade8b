import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { z } from 'zod';
import { datasets } from '../../data/index.js';
import { parseRecipe, RecipeError } from '../../recipe/index.js';
import { serve } from '../../server/host/index.js';
import { temporaryFolder } from '../support/folder.js';
import { tinyRecipe } from '../support/network.js';
import { refused } from '../support/refused.js';

/** Options that are a text: those that name files and folders are among them. */
const textOptions = datasets.entries.flatMap(({ kind, options }) =>
  Object.entries<z.core.$ZodType>(options.shape).flatMap(([field, schema]) =>
    isText(schema) ? [{ kind, field }] : [],
  ),
);

function isText(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isText(schema.unwrap());
  return schema instanceof z.ZodString;
}

describe('a path that no worker opens', () => {
  const folder = temporaryFolder();
  const recipe = parseRecipe(tinyRecipe());

  const paths = ['/srv/data.csv', '~/data.csv', '../data.csv', 'tables/../../x', 'C:\\data', '\\\\host\\x'];

  for (const { kind, field } of textOptions) {
    it(`data.dataset.${field} of ${kind} is refused before the coordinator listens`, async () => {
      for (const path of paths) {
        const dataset = { kind, [field]: path };
        const out = folder.path('run');
        const error: unknown = await serve(
          { ...recipe, data: { ...recipe.data, dataset } },
          { port: 0, host: '127.0.0.1', out, threads: 1, onListening: () => expect.fail('it listens') },
        ).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(RecipeError);
        expect(String(error)).to.include(`data.dataset.${field}: '${path}' is outside the data home`);
        expect(existsSync(out)).to.equal(false);
      }
    });
  }

  it('is refused by serve and by launch in a sentence, with exit code 2', async () => {
    const lines = Array.from({ length: 80 }, (_, i) => `${i % 7},${i % 3},${i % 2}`);
    const table = folder.write('table.csv', ['x,y,label', ...lines].join('\n'));
    const own = folder.write(
      'own.yaml',
      stringify({
        data: {
          dataset: { kind: 'declared', input: [2], columns: ['x', 'y'], classes: ['0', '1'], test: table },
          partition: { kind: 'local', clients: ['east', 'west'] },
        },
        model: { kind: 'mlp', hidden: [2] },
        algorithm: { kind: 'fedavg' },
        rounds: 1,
      }),
    );
    expect(await refused(2, ['serve', own, '--port', '0', '--out', folder.path('own')])).to.include(
      `data.dataset.test: '${table}' is outside the data home`,
    );
    const data = { dataset: { kind: 'csv', file: table }, partition: { kind: 'iid', clients: 4 } };
    const given = folder.write('given.yaml', tinyRecipe({ data }));
    expect(await refused(2, ['launch', given, '--out', folder.path('given')])).to.include(
      `data.dataset.file: '${table}' is outside the data home`,
    );
  });
});
