/** A worker trains on the coordinator's data or not at all: the real worker's preparation and the real handshake. */
import { mkdirSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { TrainingRuntime } from '../../client/host/training-runtime.js';
import { readFromDisk } from '../../learning/host/index.js';
import { buildModel, encodeSafetensors, initialWeights, models } from '../../learning/index.js';
import { sha256 } from '../../numerics/index.js';
import { ProtocolError } from '../../protocol/index.js';
import { CoordinatorDriver } from '../support/coordinator-driver.js';
import { altered, dataFiles, writeDataHome } from '../support/data-files.js';
import { temporaryFolder } from '../support/folder.js';

describe("a worker's data", () => {
  const folder = temporaryFolder();
  const home = process.env['MURMUR_DATA'];
  afterEach(() => {
    if (home === undefined) delete process.env['MURMUR_DATA'];
    else process.env['MURMUR_DATA'] = home;
  });

  const recipeOf = (kind: string) => ({
    data: { dataset: dataFiles[kind].dataset, partition: { kind: 'iid', clients: 2 } },
    model: dataFiles[kind].model,
    algorithm: { kind: 'fedsgd', fraction: 1, optimizer: { learningRate: 0.1 } },
  });

  /** A coordinator with the data, and what the worker makes of its welcome with those of its own data home. */
  async function meet(kind: string, changed?: string) {
    const place = `${kind}-${changed?.replaceAll('/', '-') ?? 'same'}`;
    for (const side of ['coordinator', 'worker']) {
      writeDataHome(folder.path(place, side), dataFiles[kind], side === 'worker' ? changed : undefined);
    }
    process.env['MURMUR_DATA'] = folder.path(place, 'coordinator');
    const driver = new CoordinatorDriver(recipeOf(kind));
    const connection = driver.connect();
    driver.greet(connection);
    const [welcome] = driver.sent(connection, 'welcome');
    process.env['MURMUR_DATA'] = folder.path(place, 'worker');
    const work = new TrainingRuntime({ threads: 1, plugins: [] });
    try {
      const hashes = await work.prepare(welcome, [0, 1]);
      driver.send(connection, { kind: 'ready', hashes });
      return { driver, connection, welcome };
    } finally {
      await work.close();
    }
  }

  for (const [kind, { files }] of Object.entries(dataFiles)) {
    it(`${kind}: is taken where every file is the coordinator's`, async () => {
      const { driver, connection } = await meet(kind);
      expect(driver.sent(connection, 'goodbye')).to.deep.equal([]);
      expect(driver.sent(connection, 'committed')).not.to.deep.equal([]);
    });

    for (const name of Object.keys(files)) {
      it(`${kind}: is refused where ${name} is another, with both SHA-256`, async () => {
        const error = await meet(kind, name).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(ProtocolError);
        const { reason, message } = error as ProtocolError;
        expect(reason).to.equal('dataUnfit');
        expect(message).to.match(
          /the SHA-256 of .* is [0-9a-f]{64} at the coordinator, and [0-9a-f]{64} here/,
        );
        // Texts have one checksum for all files of a folder.
        if (kind === 'text') return;
        expect(message).to.include(`of ${name.replace(/^(emnist|shakespeare|femnist)\//, '')} is`);
        for (const content of [files[name], altered(files[name])]) {
          expect(message).to.include(sha256(Buffer.from(content)));
        }
      });
    }
  }

  for (const kind of ['csv', 'idx', 'text']) {
    it(`${kind}: is not looked for in the worker's working folder, unless a launch started the worker`, async () => {
      const place = folder.path(`${kind}-working-folder`);
      writeDataHome(`${place}/coordinator`, dataFiles[kind]);
      mkdirSync(`${place}/worker`);
      process.env['MURMUR_DATA'] = `${place}/coordinator`;
      const driver = new CoordinatorDriver(recipeOf(kind));
      const connection = driver.connect();
      driver.greet(connection);
      const [welcome] = driver.sent(connection, 'welcome');
      process.env['MURMUR_DATA'] = `${place}/worker`;
      const before = process.cwd();
      process.chdir(`${place}/coordinator`);
      try {
        for (const isLocal of [true, false]) {
          const work = new TrainingRuntime({ threads: 1, plugins: [], isLocal });
          const error: unknown = await work.prepare(welcome, [0, 1]).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          await work.close();
          if (isLocal) expect(error).to.equal(undefined);
          else {
            expect(error).to.be.instanceOf(ProtocolError);
            expect(String(error)).to.match(/there is no .*: looked for /);
            expect(String(error)).not.to.include(`${place}/coordinator`);
          }
        }
      } finally {
        process.chdir(before);
      }
    });
  }

  it("and the files that a recipe names come from the coordinator: the worker's disk has none of them", async () => {
    const layers = [{ class_name: 'Dense', config: { name: 'd', units: 10, activation: 'softmax' } }];
    const file = folder.write('model.json', JSON.stringify({ class_name: 'Sequential', config: { layers } }));
    const context = { input: [20], classes: 10, readFile: readFromDisk };
    const its = buildModel(models.create({ kind: 'keras', file }, context));
    const weights = { values: initialWeights(its, 4), manifest: its.manifest };
    const teacher = folder.write('teacher.safetensors', encodeSafetensors(weights));
    const driver = new CoordinatorDriver({
      model: { kind: 'keras', file },
      loss: { kind: 'distillation', teacher },
      init: { file: teacher },
    });
    const connection = driver.connect();
    driver.greet(connection);
    const [welcome] = driver.sent(connection, 'welcome');
    expect([...welcome.tensors.keys()]).to.have.members(['file/model.file', 'file/loss.teacher']);
    for (const path of [file, teacher]) rmSync(path);
    const work = new TrainingRuntime({ threads: 1, plugins: [] });
    try {
      const hashes = await work.prepare(welcome, [0, 1, 2, 3, 4, 5]);
      driver.send(connection, { kind: 'ready', hashes });
      const [task] = driver.sent(connection, 'task');
      const [{ client, header }] = task.to;
      const message = { header, vectors: { weights: weights.values } };
      const { answer } = await work.train({ client, message, clientState: undefined });
      expect(answer.samples).to.be.greaterThan(0);
    } finally {
      await work.close();
    }
  });

  it('is refused by the coordinator too, whatever the worker looked at', () => {
    writeDataHome(folder.path('csv'), dataFiles['csv']);
    process.env['MURMUR_DATA'] = folder.path('csv');
    const driver = new CoordinatorDriver(recipeOf('csv'));
    const connection = driver.connect();
    driver.greet(connection);
    const [{ hashes }] = driver.sent(connection, 'welcome');
    const data = { ...hashes.data, 'train.csv': '0'.repeat(64) };
    driver.send(connection, { kind: 'ready', hashes: { ...hashes, data } });
    const [goodbye] = driver.sent(connection, 'goodbye');
    expect(goodbye.reason).to.equal('dataUnfit');
    expect(goodbye.sentence).to.include(
      `the SHA-256 of train.csv is ${hashes.data['train.csv']} at the coordinator, and ${'0'.repeat(64)} at the worker`,
    );
  });

  it('and its version of the bits is refused where it differs', () => {
    const driver = new CoordinatorDriver();
    const connection = driver.connect();
    driver.greet(connection);
    const [{ hashes }] = driver.sent(connection, 'welcome');
    const bits = [...hashes.bits, '2099-01-01-later'];
    driver.send(connection, { kind: 'ready', hashes: { ...hashes, bits } });
    const [goodbye] = driver.sent(connection, 'goodbye');
    expect(goodbye.reason).to.equal('recipeDiffers');
    expect(goodbye.sentence).to.match(/2099-01-01-later counts at the worker only; use the same version/);
  });
});
