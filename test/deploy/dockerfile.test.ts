import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { version } from '../../records/host/index.js';
import { temporaryFolder } from '../support/folder.js';
import { run } from '../support/murmur.js';
import { need } from '../support/requirements.js';
import { deployed } from './files.js';
import { buildContext, copy, inLayer, newLayer, stagesOf, type Layer } from './image.js';

/** Needs a while, and was done by CI before this test: the packages are here, and the sources compile. */
const done: ReadonlyMap<string, string> = new Map([
  ['npm ci', 'true'],
  ['npm run build', 'node /repository/dist/packaging/bundle.js'],
]);

describe('the Dockerfile', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const context = buildContext('.');

  it('is sent the sources, and neither packages nor what runs have left', () => {
    expect(context).to.include.members(['package.json', 'tsconfig.json', 'cli/main.ts', 'records/index.ts']);
    expect(
      context.filter((path) => /^(node_modules\/|dist\/|bundle\/|\.git\/|runs\/[^/]+\/)/.test(path)),
    ).to.deep.equal([]);
  });

  it('makes an image whose user runs murmur, and owns the folders for data', async function () {
    const works = await run('unshare', ['--mount', '--pid', '--fork', 'mount', '--bind', '/usr', '/mnt']);
    need(this, 'root that may mount and chroot', process.getuid?.() === 0 && works.code === 0);
    const layers = new Map<string, Layer>();
    const stages = stagesOf(deployed('Dockerfile'));
    for (const [number, { name = 'image', image, instructions }] of stages.entries()) {
      expect(image).to.match(/^node:\d+-slim$/);
      const layer = newLayer(folder.path(`${number}`));
      for (const instruction of instructions) {
        const { keyword, content } = instruction;
        if (keyword === 'WORKDIR') {
          mkdirSync(join(layer.root, content), { recursive: true });
          layer.workdir = content;
        } else if (keyword === 'COPY') copy(instruction, layer, context, layers);
        else if (keyword === 'RUN') {
          const command = name === 'build' ? (done.get(content) ?? content) : content;
          if (content === 'npm ci') {
            mkdirSync(join(layer.root, 'repository'));
            symlinkSync('/repository/node_modules', join(layer.root, 'app/node_modules'));
          }
          const { code, stdout, stderr } = await inLayer(layer, command);
          expect(code, `${content}\n${stdout}${stderr}`).to.equal(0);
        }
      }
      layers.set(name, layer);
    }
    const image = layers.get('image');
    const last = new Map(stages.at(-1)?.instructions.map((each) => [each.keyword, each.content]));
    if (image === undefined) throw new Error('there is no last stage');
    expect(last.get('USER')).to.equal('node');
    const [program] = JSON.parse(last.get('ENTRYPOINT') ?? '[]') as string[];
    const asNode = (command: string) => inLayer(image, command, '1000:1000');
    expect((await asNode(`${program} --version`)).stdout).to.equal(`${version()}\n`);
    const simulate = `${program} simulate /app/experiments/recipes/fedavg-mnist.yaml`;
    const small = '--set rounds=1 --set data.dataset.limit=200 --set data.partition.clients=2';
    const { code, stderr } = await asNode(`${simulate} ${small} --out /data/run`);
    expect(code, stderr).to.equal(0);
    expect(readFileSync(join(image.root, 'data/run/run.json'), 'utf8')).to.include('"weightsSha256"');
  });
});
