/** Reproductions: what is missing is run once, recorded at once, and found again by its recipe. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { readResults, reproduce, writePages } from '../../../experiments/reproductions/reproduce.js';
import type { Cell, Reproduction } from '../../../experiments/reproductions/reproduction.js';

describe('reproductions', () => {
  let root: string;
  let ran: string[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'reproduction-'));
    ran = [];
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const cell = (name: string, rounds: number, more: Partial<Cell<number>> = {}): Cell<number> => ({
    name,
    recipe: {
      data: { dataset: 'mnist', partition: { kind: 'iid', clients: 2 } },
      model: 'logistic',
      algorithm: 'fedavg',
      rounds,
    },
    recorded: z.number(),
    run(recipe) {
      ran.push(recipe.name);
      return Promise.resolve(recipe.rounds * 10);
    },
    ...more,
  });

  const made = (...cells: readonly Cell<number>[]): Reproduction => ({
    name: 'made-up',
    cells,
    files: (results) => ({ 'docs/made-up.md': cells.map((one) => results(one) ?? '').join('|') }),
  });

  it('run what is missing, with defaults filled in, and no more', async () => {
    await reproduce(made(cell('a/one', 1)), { threads: 1, root });
    await reproduce(made(cell('a/one', 1), cell('a/two', 2)), { threads: 1, root });
    expect(ran).to.deep.equal(['a-one', 'a-two']);
    expect(readResults(made(), root).map(({ cell: name, recorded }) => [name, recorded])).to.deep.equal([
      ['a/one', 10],
      ['a/two', 20],
    ]);
  });

  it('run again where the recipe is another, whatever the name', async () => {
    await reproduce(made(cell('a', 1)), { threads: 1, root });
    await reproduce(made(cell('b', 1), cell('c', 3)), { threads: 1, root });
    expect(ran).to.deep.equal(['a', 'c']);
  });

  it('run what is named, also what runs only on request', async () => {
    const all = made(
      cell('table/x', 1),
      cell('table/y', 2, { onRequest: true }),
      cell('table-2', 3, { onRequest: true }),
    );
    await reproduce(all, { threads: 1, root });
    expect(ran).to.deep.equal(['table-x']);
    await reproduce(all, { threads: 1, root, only: ['table'] });
    expect(ran).to.deep.equal(['table-x', 'table-y']);
  });

  it('keep what is finished when a later run fails', async () => {
    const failing = cell('b', 2, { run: () => Promise.reject(new Error('out of memory')) });
    const error = await reproduce(made(cell('a', 1), failing), { threads: 1, root }).catch(String);
    expect(error).to.equal('Error: out of memory');
    expect(readResults(made(), root)).to.have.length(1);
  });

  it('refuse names that no cell has', async () => {
    const error = await reproduce(made(cell('a', 1)), { threads: 1, root, only: ['z'] }).catch(String);
    expect(error).to.equal('UserError: made-up has no cell z: --list shows what it has');
  });

  it('say what a recipe asks for that there is not', async () => {
    const wrong = cell('a', 1, { recipe: { ...cell('a', 1).recipe, model: 'cnnn' } });
    expect(await reproduce(made(wrong), { threads: 1, root }).catch(String)).to.match(
      /a: unknown model 'cnnn'/,
    );
  });

  it('write pages with empty cells where nothing has run', async () => {
    const two = made(cell('a', 1), cell('b', 2));
    await reproduce(two, { threads: 1, root, only: ['b'] });
    expect(writePages(two, root)).to.deep.equal([join(root, 'docs/made-up.md')]);
    expect(readFileSync(join(root, 'docs/made-up.md'), 'utf8')).to.equal('|20');
  });
});
