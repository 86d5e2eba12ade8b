/** Recorded results keep their cells when keys change, and no longer than their bits are the same. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { z } from 'zod';
import type { Recipe } from '../../../recipe/index.js';
import { formerSpelling } from '../../../experiments/reproductions/former-names.js';
import {
  keyOf,
  keyOfSpelling,
  parseLines,
  type Cell,
} from '../../../experiments/reproductions/reproduction.js';
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
  const fedavg = cellOf('fedavg', { kind: 'fedavg', clientsPerRound: 4, amount: { epochs: 2 } }, () =>
    Promise.resolve(ended),
  );
  const line = (cell: Cell<unknown>) => ({
    cell: cell.name,
    key: keyOfSpelling(cell, formerSpelling(cell.recipe)),
    seconds: 1,
    recorded: { weightsSha256: 'ab', kernelHash: 'then' },
  });

  it('are new for lines whose recipe was written with the former names', () => {
    const { lines, renamed } = rekeyed([fedavg], [line(fedavg)]);
    expect(renamed.length).to.equal(1);
    expect(lines).to.deep.equal([{ ...line(fedavg), key: keyOf(fedavg) }]);
    expect(rekeyed([fedavg], lines).renamed).to.deep.equal([]);
  });

  it('follow the names of fields by their place in the recipe', () => {
    expect(
      formerSpelling({
        data: {
          featureSkew: { kind: 'grayscale', fraction: 0.9 },
          validation: { fraction: 0.1, from: 'train' },
        },
        model: { kind: 'layers', layers: [{ kind: 'pool', pooling: 'max' }, { kind: 'flatten' }] },
        algorithm: {
          kind: 'gossip',
          tokenAccount: { kind: 'proactive' },
          merge: { kind: 'mean', share: 0.5 },
        },
        topology: { kind: 'churn', base: { kind: 'hierarchical', within: 'ring' } },
      }),
    ).to.deep.equal({
      data: { features: { kind: 'grey', share: 0.9 }, validation: { share: 0.1, of: 'train' } },
      model: { kind: 'layers', layers: [{ kind: 'pool', of: 'max' }, { kind: 'flatten' }] },
      algorithm: { kind: 'gossip', flow: { kind: 'proactive' }, merge: { kind: 'mean', share: 0.5 } },
      topology: { kind: 'churn', of: { kind: 'hierarchical', inside: 'ring' } },
    });
  });

  it('are given only where a cell of the algorithm ends in what is recorded', async () => {
    const [taken] = spotChecks(rekeyed([fedavg], [line(fedavg)]).renamed, 60);
    await compareAgain(taken, 1);
    const other = { ...taken, cell: { ...fedavg, run: () => Promise.resolve({ weightsSha256: 'cd' }) } };
    const refused = await compareAgain(other, 1).then(String, String);
    expect(refused).to.include('fedavg ends in other results than are recorded');
    expect(spotChecks(rekeyed([fedavg], [line(fedavg)]).renamed, 0.5)).to.deep.equal([]);
  });

  it('are those of cells, for all lines that are recorded', () => {
    for (const { name, cells } of reproductions) {
      const file = fileURLToPath(new URL(`../../../../experiments/results/${name}.jsonl`, import.meta.url));
      const lines = parseLines(readFileSync(file, 'utf8'));
      expect(rekeyed(cells, lines).renamed, `${name}: npm run rekey`).to.deep.equal([]);
    }
  });
});
