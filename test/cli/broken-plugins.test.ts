import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { refused } from '../support/refused.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('a plugin', () => {
  const folder = temporaryFolder();
  const recipe = folder.write('small.yaml', smallRecipe());
  const cwd = folder.path();
  const refusedHere = (code: number, args: readonly string[]) => refused(code, args, { cwd });
  const simulate = (...more: string[]) => ['simulate', recipe, '--threads', '1', ...more];

  const plugin = (name: string, content: string) => folder.write(`${name}.mjs`, content);
  const define = `import { define } from '${new URL('../../index.js', import.meta.url).href}';`;
  const algorithm = (body: string) =>
    `${define} import { algorithms as all } from '${new URL('../../index.js', import.meta.url).href}';
    const fedavg = all.create({ kind: 'fedavg' }, {});
    export const algorithms = define({
      kind: 'mine', summary: 'Mine.', options: {},
      create: () => ({ ...fedavg, localUpdate: (message, examples, state, tools) => { ${body} } }),
    });`;
  const mine = ['--set', 'algorithm=mine'];

  it('that is not there, cannot be read, or exports nothing of use', async () => {
    expect(await refusedHere(2, simulate('--plugin', 'none.mjs'))).to.match(
      /--plugin none\.mjs: .*none\.mjs/,
    );
    const broken = plugin('broken', 'export const algorithms = [');
    expect(await refusedHere(2, simulate('--plugin', broken))).to.match(/broken\.mjs: .*Unexpected/);
    const empty = plugin('empty', 'export const algorithm = 1;');
    expect(await refusedHere(2, simulate('--plugin', empty))).to.match(
      /exports none of algorithms, .*mergeRules/,
    );
    const wrong = plugin('wrong', 'export const algorithms = [{ kind: 3 }];');
    expect(await refusedHere(2, simulate('--plugin', wrong))).to.match(
      /wrong\.mjs: .*is not an entry.*define/,
    );
    const taken = plugin(
      'taken',
      `${define} export const algorithms = define({ kind: 'fedavg', summary: '', options: {}, create: () => 1 });`,
    );
    expect(await refusedHere(2, simulate('--plugin', taken))).to.include(
      "there is already a algorithm 'fedavg'",
    );
  });

  it('whose update refuses: its sentence, with round and client', async () => {
    const file = plugin('refuses', algorithm("throw new Error('this needs at least 1000 examples');"));
    for (const threads of ['1', '2']) {
      const args = ['simulate', recipe, ...mine, '--plugin', file, '--threads', threads];
      expect(await refusedHere(2, args)).to.match(/round 1, client \d: this needs at least 1000 examples/);
    }
  });

  it('whose update is wrong: the stack, with round and client', async () => {
    const file = plugin('wrong-update', algorithm('return message.nothing.at.all;'));
    for (const threads of ['1', '2']) {
      const args = ['simulate', recipe, ...mine, '--plugin', file, '--threads', threads];
      const { code, stderr } = await murmur(args, { cwd });
      expect(code).to.equal(exitCode.failure);
      expect(stderr).to.match(/round 1, client \d: TypeError: .*'at'.*\n +at .*wrong-update\.mjs/);
    }
  });

  it('that ends its thread: says so instead of waiting for ever', async () => {
    const file = plugin('ends', algorithm('process.exit(7);'));
    const args = ['simulate', recipe, ...mine, '--plugin', file, '--threads', '2'];
    expect(await refusedHere(exitCode.failure, args)).to.include(
      'a worker thread has ended by itself, with the exit code 7',
    );
  });

  it('that works on the main thread only: says so instead of waiting for ever', async () => {
    const file = plugin(
      'main-only',
      `import { isMainThread } from 'node:worker_threads';
      if (!isMainThread) throw new Error('no threads, please');
      ${algorithm('return fedavg.localUpdate(message, examples, state, tools);')}`,
    );
    expect((await murmur([...simulate('--plugin', file), ...mine], { cwd })).code).to.equal(0);
    const args = ['simulate', recipe, ...mine, '--plugin', file, '--threads', '2'];
    expect(await refusedHere(2, args)).to.include('no threads, please');
  });
});
