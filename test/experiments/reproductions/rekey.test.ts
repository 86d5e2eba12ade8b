/** Recorded results keep their cells when keys change, and no longer than their bits are the same. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../../../numerics/index.js';
import { bitsOf, type Recipe } from '../../../recipe/index.js';
import { keyOf, parseLines, recipeOf, type Cell } from '../../../experiments/reproductions/reproduction.js';
import { compareAgain, rekeyed, spotChecks } from '../../../experiments/reproductions/rekey.js';
import { reproductions } from '../../../experiments/reproductions/reproductions.js';

const cellOf = (
  name: string,
  algorithm: object,
  run: (recipe: Recipe) => Promise<unknown>,
): Cell<unknown> => ({
  name,
  recipe: {
    data: { dataset: { kind: 'synthetic', clients: 4, dimension: 5 }, partition: 'natural' },
    model: 'logistic',
    algorithm,
    rounds: 1,
  },
  recorded: z.unknown(),
  run,
});

describe('the keys of recorded results', () => {
  const ended = { weightsSha256: 'ab', kernelHash: 'now' };
  const fedavg = cellOf('fedavg', { kind: 'fedavg', fraction: 1, amount: { epochs: 2 } }, () =>
    Promise.resolve(ended),
  );
  const line = (cell: Cell<unknown>, recipe: unknown) => ({
    cell: cell.name,
    key: sha256(canonicalJson(recipe)),
    seconds: 1,
    recorded: { weightsSha256: 'ab', kernelHash: 'then' },
  });

  it('are new for lines under the hash of the recipe alone, also as it was written before', () => {
    const older = { ...fedavg.recipe, algorithm: { kind: 'fedavg', fraction: 1, epochs: 2 } };
    for (const written of [fedavg.recipe, older]) {
      const { lines, renamed } = rekeyed([fedavg], [line(fedavg, written)]);
      expect(renamed.length).to.equal(1);
      expect(lines).to.deep.equal([{ ...line(fedavg, written), key: keyOf(fedavg) }]);
      expect(rekeyed([fedavg], lines).renamed).to.deep.equal([]);
    }
  });

  it('stay where the bits have changed, and the cell is missing', () => {
    expect(bitsOf(recipeOf(fedavg))).to.deep.equal([]);
    const withCsv = {
      ...fedavg,
      recipe: {
        ...fedavg.recipe,
        data: { dataset: { kind: 'csv', file: 'none.csv' }, partition: { kind: 'iid', clients: 2 } },
      },
    };
    const recorded = line(withCsv, withCsv.recipe);
    const { lines, renamed, changed } = rekeyed([withCsv], [recorded]);
    expect([lines, renamed, changed]).to.deep.equal([[recorded], [], [withCsv]]);
  });

  it('are given only where a cell of the algorithm ends in what is recorded', async () => {
    const [taken] = spotChecks(rekeyed([fedavg], [line(fedavg, fedavg.recipe)]).renamed, 60);
    await compareAgain(taken, 1);
    const other = { ...taken, cell: { ...fedavg, run: () => Promise.resolve({ weightsSha256: 'cd' }) } };
    const refused = await compareAgain(other, 1).then(String, String);
    expect(refused).to.include('fedavg ends in other results than are recorded');
    expect(spotChecks(rekeyed([fedavg], [line(fedavg, fedavg.recipe)]).renamed, 0.5)).to.deep.equal([]);
  });

  it('are those of cells, for all lines that are recorded', () => {
    for (const { name, cells } of reproductions) {
      const file = fileURLToPath(new URL(`../../../../experiments/results/${name}.jsonl`, import.meta.url));
      const lines = parseLines(readFileSync(file, 'utf8'));
      expect(rekeyed(cells, lines).renamed, `${name}: npm run rekey`).to.deep.equal([]);
    }
  });
});
