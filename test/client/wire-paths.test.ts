/**
 * A malicious coordinator names paths in every field of the recipe that can hold one: the worker opens none of them but data in
 * its own data home. What lies there (the canary) is valid, so that a worker that opened it would succeed.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { WebSocketServer } from 'ws';
import { parse, stringify } from 'yaml';
import { TrainingRuntime } from '../../client/host/training-runtime.js';
import { buildModel, encodeSafetensors, initialWeights, models } from '../../learning/index.js';
import { sha256 } from '../../numerics/index.js';
import {
  decodeFrame,
  encodeFrame,
  ProtocolError,
  tensorOf,
  type Message,
  type Tensors,
} from '../../protocol/index.js';
import {
  buildFederation,
  loadDataset,
  loadPlugins,
  namedFiles,
  parseRecipe,
  type Federation,
} from '../../recipe/index.js';
import { dataFiles, writeDataHome } from '../support/data-files.js';
import { temporaryFolder } from '../support/folder.js';
import { forgedWelcome } from '../support/forged-welcome.js';
import { tinyRecipe } from '../support/network.js';
import { dotted, fieldsWith, recipeFields, titleOf, type RecipeField } from '../support/recipe-texts.js';
import { refused } from '../support/refused.js';
import { need } from '../support/requirements.js';

/** The canary of each field that names a file or folder, by the entry that has the field. */
const canaries: Readonly<Record<string, string>> = {
  'init.file': 'mlp.safetensors',
  'keras.file': 'model.json',
  'distillation.teacher': 'mlp.safetensors',
  'file.path': 'triangle.csv',
  'csv.file': 'train.csv',
  'csv.testFile': 'test.csv',
  'idx.trainImages': 'trainImages',
  'idx.trainLabels': 'trainLabels',
  'idx.testImages': 'testImages',
  'idx.testLabels': 'testLabels',
  'text.folder': 'texts',
  'declared.test': 'test.csv',
};

/** Texts that name nothing on a disk: columns, classes, clients. */
const plain = [
  'name',
  'csv.label',
  'csv.owner',
  'csv.features.0',
  'csv.classes.0',
  'declared.classes.0',
  'declared.label',
  'declared.columns.0',
  'local.clients.0',
];

/** The field as its entry knows it: `keras.file`. */
function ownTitle({ steps }: RecipeField): string {
  const last = steps.findLastIndex(({ kind }) => kind !== undefined);
  const names = steps.slice(last + 1).map(({ name }) => name);
  return [...(last < 0 ? [] : [steps[last].kind]), ...names].join('.');
}

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 22, tensors: 2 ** 10 };

const fields = recipeFields();
const texts = fields.filter(({ type }) => type !== 'choice');
const paths = texts.filter((field) => !plain.includes(ownTitle(field)));
/** What the worker has made, or the sentence that it refuses the welcome with. */
interface Outcome {
  readonly federation?: Federation;
  readonly sentence?: string;
}

const isData = ({ steps: [{ name }] }: RecipeField) => name === 'data';

describe('a path in a recipe that came over the wire', () => {
  const folder = temporaryFolder();
  const found = { cwd: process.cwd(), home: process.env['MURMUR_DATA'] };
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 10, activation: 'softmax' } }];
  const outside = folder.path('outside');
  const working = folder.path('working');
  const home = folder.path('home');

  function writeCanaries(place: string): void {
    mkdirSync(place, { recursive: true });
    for (const kind of ['csv', 'idx', 'text']) writeDataHome(place, dataFiles[kind]);
    const name = place.slice(folder.path().length + 1);
    folder.write(join(name, 'triangle.csv'), 'a,b\nb,c\nc,a\n');
    folder.write(join(name, 'model.json'), JSON.stringify({ class_name: 'Sequential', config: { layers } }));
    const context = { input: [20], classes: 10, readFile: (path: string) => readFileSync(path) };
    const choices = {
      mlp: { kind: 'mlp', hidden: [8] },
      keras: { kind: 'keras', file: join(place, 'model.json') },
    };
    for (const [file, choice] of Object.entries(choices)) {
      const its = buildModel(models.create(choice, context));
      const values = initialWeights(its, 4);
      folder.write(join(name, `${file}.safetensors`), encodeSafetensors({ values, manifest: its.manifest }));
    }
  }

  before(() => {
    for (const place of [outside, join(working, 'private')]) writeCanaries(place);
    for (const kind of ['csv', 'idx', 'text']) writeDataHome(home, dataFiles[kind]);
    symlinkSync(outside, join(working, 'link'));
    symlinkSync(outside, join(home, 'shared'));
    process.env['MURMUR_DATA'] = home;
    process.chdir(working);
  });
  after(() => {
    process.chdir(found.cwd);
    if (found.home === undefined) delete process.env['MURMUR_DATA'];
    else process.env['MURMUR_DATA'] = found.home;
  });

  /** What a coordinator may write to reach a canary. The working folder and the data home are siblings. */
  const places: Readonly<Record<string, (name: string) => string>> = {
    'an absolute path': (name) => join(outside, name),
    'a path within the working folder': (name) => `private/${name}`,
    'a path within the working folder, with a dot': (name) => `./private/${name}`,
    'a symbolic link in the working folder': (name) => `link/${name}`,
    'a path out of the data home': (name) => `../outside/${name}`,
    'a path into a folder and out of the data home': (name) => `private/../../outside/${name}`,
    ...(process.platform === 'linux' && {
      "the process's own working folder": (name: string) => `/proc/self/cwd/private/${name}`,
    }),
  };

  /** A recipe that works where the path is opened. */
  function recipeNaming(field: RecipeField, path: string): string {
    const options = {
      ...Object.fromEntries(Object.entries(dataFiles).map(([kind, { dataset }]) => [kind, dataset])),
      declared: { input: [2], columns: ['x', 'y'], classes: ['a', 'b'] },
      distillation: { teacher: join(outside, 'keras.safetensors') },
      hierarchical: { groups: 3 },
      churn: { linkFailure: 0.1 },
    };
    const named = fieldsWith(field, path, options);
    const [{ name }, { kind = '' } = {}] = field.steps;
    if (isData(field)) {
      const partition =
        kind === 'declared' ? { kind: 'local', clients: ['site'] } : { kind: 'iid', clients: 2 };
      return tinyRecipe({
        data: { ...Object(named['data']), partition },
        model: kind in dataFiles ? dataFiles[kind].model : 'logistic',
        algorithm: { kind: 'fedsgd', optimizer: { learningRate: 0.1 } },
      });
    }
    if (name !== 'topology') return tinyRecipe(named);
    // A triangle is the graph of three nodes, or of each of three groups and of their heads.
    const clients = titleOf(field).includes('hierarchical') ? 9 : 3;
    return tinyRecipe({
      ...named,
      data: { dataset: { kind: 'synthetic', clients, dimension: 20 }, partition: 'natural' },
      algorithm: { kind: 'gossip', optimizer: { learningRate: 0.1 } },
    });
  }

  /** The content of the files that the recipe names, without that of one field. */
  function filesBut(text: string, field?: string): Tensors {
    const sent = namedFiles(parseRecipe(text)).filter(([one]) => one !== field && one !== 'init.file');
    return new Map(
      sent.map(([one, path]) => [`file/${one}`, tensorOf(Uint8Array.from(readFileSync(path)))] as const),
    );
  }

  async function prepared(welcome: ReturnType<typeof forgedWelcome>): Promise<Outcome> {
    const work = new TrainingRuntime({ threads: 1, plugins: [] });
    try {
      await work.prepare(welcome, [0]);
      return { federation: work.made.federation };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { sentence: error.message };
    } finally {
      await work.close();
    }
  }

  const nameOf = (field: RecipeField) => canaries[ownTitle(field)];
  const forged = (field: RecipeField, path: string, { dataset }: Federation) => {
    const text = recipeNaming(field, path);
    const tensors = filesBut(text, dotted(field));
    return forgedWelcome(parseRecipe(text), { data: dataset.checksums, tensors });
  };
  /** Builds only where the canary is opened: it is valid, and nothing else lies there. */
  const simulated = (field: RecipeField, path: string) =>
    buildFederation(parseRecipe(recipeNaming(field, path)));

  it('can stand in no field but these, of which each has a canary', () => {
    expect(new Set(paths.map(ownTitle))).to.deep.equal(new Set(Object.keys(canaries)));
    const known = new Set(texts.map(ownTitle));
    for (const name of plain) expect(known).to.include(name);
    for (const field of texts.filter(({ type }) => type === 'file')) expect(paths).to.include(field);
  });

  describe('is opened by no worker', () => {
    const cases = paths.flatMap((field) =>
      Object.entries(places).map(([what, place]) => ({ field, what, path: place(nameOf(field)) })),
    );
    const welcomes = new Map<(typeof cases)[number], ReturnType<typeof forgedWelcome>>();
    const outcomes = new Map<(typeof cases)[number], Outcome>();
    const secret = [outside, join(working, 'private')];
    let notesAccess = false;
    let opened: readonly string[] = [];

    before(async () => {
      for (const one of cases) {
        welcomes.set(one, forged(one.field, one.path, simulated(one.field, one.path)));
      }
      const files = secret.flatMap((place) => [
        place,
        ...readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name)),
      ]);
      // Older than the last change: a file system with relatime notes the next access.
      const [old, newer] = [new Date('2001-01-01'), new Date('2002-01-01')];
      const accessed = () => files.filter((file) => statSync(file).atimeMs !== old.getTime());
      for (const file of files) utimesSync(file, old, newer);
      readFileSync(files[files.length - 1]);
      notesAccess = accessed().length > 0;
      for (const file of files) utimesSync(file, old, newer);
      for (const [one, welcome] of welcomes) outcomes.set(one, await prepared(welcome));
      opened = accessed();
    });

    for (const one of cases) {
      const { field, what, path } = one;
      it(`${titleOf(field)}: ${what}`, () => {
        const outcome = outcomes.get(one);
        if (titleOf(field) === 'init.file') {
          // The weights come with tasks.
          if (outcome?.federation === undefined) throw new Error(outcome?.sentence);
          expect(outcome.federation.files).to.deep.equal({});
          expect(outcome.federation.recipe.init.file).to.equal(undefined);
          return;
        }
        const { sentence } = outcome ?? {};
        if (sentence === undefined) throw new Error('the worker has opened the file');
        expect(sentence).to.include(path);
        if (isData(field) && sentence.includes('there is no')) {
          expect(sentence).to.include(`looked for ${join(home, path)}`);
        } else expect(sentence).to.include(`${dotted(field)} names`);
      });
    }

    it('which tells nobody whether something lies there: the answer is the same without it', async () => {
      for (const place of secret) renameSync(place, `${place}-elsewhere`);
      try {
        for (const [one, welcome] of welcomes) {
          const { sentence } = await prepared(welcome);
          expect(sentence).to.equal(outcomes.get(one)?.sentence);
        }
      } finally {
        for (const place of secret) renameSync(`${place}-elsewhere`, place);
      }
    });

    it('and leaves no later access time there', function () {
      need(this, 'a file system that notes access times', notesAccess);
      expect(opened).to.deep.equal([]);
    });
  });

  it('stands for the content that came with the welcome, whatever lies there', async () => {
    for (const field of paths.filter((one) => !isData(one) && titleOf(one) !== 'init.file')) {
      const path = join(outside, nameOf(field));
      const text = recipeNaming(field, path);
      const content = altered(readFileSync(path));
      const tensors = new Map([...filesBut(text), [`file/${dotted(field)}`, tensorOf(content)]]);
      const { federation, sentence } = await prepared(forgedWelcome(parseRecipe(text), { tensors }));
      if (federation === undefined) throw new Error(sentence);
      expect(sha256(federation.files[path]), titleOf(field)).to.equal(sha256(content));
    }
  });

  it('is followed where the user of the data home has put a symbolic link there', async () => {
    for (const field of paths.filter(isData)) {
      const path = `shared/${nameOf(field)}`;
      const { sentence } = await prepared(forged(field, path, simulated(field, path)));
      expect(sentence, titleOf(field)).to.equal(undefined);
    }
  });

  it("is not even looked at where it names the coordinator's test set and the worker has data of its own", async () => {
    const field = paths.find((one) => ownTitle(one) === 'declared.test');
    if (field === undefined) throw new Error('there is no such field');
    const welcome = forgedWelcome(parseRecipe(recipeNaming(field, 'private/missing.csv')));
    const work = new TrainingRuntime({ threads: 1, plugins: [], data: join(outside, 'train.csv') });
    await work.prepare(welcome, [0]);
    expect(work.made.federation.dataset.test.count).to.equal(0);
    await work.close();
  });

  for (const [name, place] of [
    ['csv.file', 'private/train.csv'],
    ['distillation.teacher', '/proc/self/cwd/private/mlp.safetensors'],
  ]) {
    it(`is refused by murmur join, which ends: ${name}: ${place}`, async () => {
      const field = paths.find((one) => ownTitle(one) === name);
      if (field === undefined) throw new Error(`there is no ${name}`);
      const data = loadDataset(parseRecipe(recipeNaming(field, place))).checksums;
      const welcome = forgedWelcome(parseRecipe(recipeNaming(field, place)), { data });
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await once(server, 'listening');
      const heard: Message[] = [];
      server.on('connection', (socket) => {
        socket.on('message', (frame: Buffer) => {
          const message = decodeFrame(Uint8Array.from(frame), 'toCoordinator', LIMITS);
          heard.push(message);
          if (message.kind === 'hello') socket.send(encodeFrame(welcome));
        });
      });
      const { port } = server.address() as AddressInfo;
      const args = ['join', `ws://127.0.0.1:${port}`, '--threads', '1', '--state', folder.path(name)];
      const stderr = await refused(2, args, { cwd: working, env: { MURMUR_DATA: home } });
      server.close();
      expect(stderr).to.include(place);
      expect(heard.map(({ kind }) => kind)).not.to.include('ready');
    });
  }

  describe('loads no code', () => {
    const mark = folder.path('loaded');
    const module = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(mark)}, '');`;
    const code = () => folder.write('working/private/code.mjs', module);
    const names = () => [code(), 'private/code.mjs', `file://${code()}`];

    it('by any text or choice', async () => {
      for (const field of fields) {
        for (const name of names()) {
          const recipe: unknown = parse(tinyRecipe(fieldsWith(field, name)));
          await prepared(forgedWelcome(recipe));
        }
      }
      expect(existsSync(mark)).to.equal(false);
    });

    it('by a field for plugins: there is none', async () => {
      for (const name of ['plugin', 'plugins', 'import', 'require']) {
        for (const added of [{ [name]: names() }, { model: { kind: 'mlp', [name]: names() } }]) {
          const outcome = await prepared(
            forgedWelcome(parse(stringify({ ...parse(tinyRecipe()), ...added }))),
          );
          expect(outcome).to.have.property('sentence').that.includes(`unknown field '${name}'`);
        }
      }
      expect(existsSync(mark)).to.equal(false);
    });

    it('which --plugin does', async () => {
      await loadPlugins([code()]).catch(() => undefined);
      expect(existsSync(mark)).to.equal(true);
    });
  });
});

/** JSON and CSV mean the same with an empty line at the end; of weights the last one is another. */
function altered(content: Buffer): Uint8Array {
  const changed = Uint8Array.from(content);
  if (changed[0] === 0x7b || changed[0] === 0x61) return Uint8Array.from([...changed, 0x0a]);
  changed[changed.length - 4] ^= 1;
  return changed;
}
