/** A sweep does not mix results of before and after a change of what they depend on: the real sweep, in processes. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { parseSweep, readSweepRecord, runSweep } from '../../../experiments/sweep/index.js';
import { loadPlugins } from '../../../recipe/index.js';
import { readRecord } from '../../../records/host/index.js';
import { temporaryFolder } from '../../support/folder.js';

describe('a sweep that is continued', () => {
  const folder = temporaryFolder();
  const table = (last: string) =>
    ['x,y,label', '0,1,a', '1,0,b', '2,1,a', '3,0,b', '4,2,a', last, ''].join('\n');
  const keras = (units: number) =>
    JSON.stringify({
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'Dense', config: { name: 'one', units, activation: 'relu' } },
          { class_name: 'Dense', config: { name: 'two', units: 2, activation: 'softmax' } },
        ],
      },
    });
  /** An algorithm of its own name, so that tests that load it in this process do not meet. */
  const plugin = (factor: number) =>
    `import { define } from ${JSON.stringify(new URL('../../../index.js', import.meta.url).href)};
     export const models = [define({ kind: 'changed-model', summary: 'One layer.', options: {},
       create: (_, { input, classes }) => ({ input, layers: [
         { kind: 'dense', units: ${factor}, activation: 'relu' },
         { kind: 'dense', units: classes, activation: 'none' } ] }) })];`;

  const [csv, model, code] = ['d.csv', 'model.json', 'plugin.mjs'].map((name) => folder.path(name));
  const restore = () => {
    writeFileSync(csv, table('5,1,b'));
    writeFileSync(model, keras(4));
    writeFileSync(code, plugin(4));
  };
  before(async () => {
    restore();
    await loadPlugins([code]);
  });

  const sweepOf = (name: string, used: unknown) =>
    parseSweep(
      stringify({
        name,
        base: {
          data: {
            dataset: { kind: 'csv', file: csv, testFile: csv },
            partition: { kind: 'iid', clients: 2 },
          },
          model: used,
          algorithm: { kind: 'fedsgd', fraction: 1, optimizer: { learningRate: 0.1 } },
          rounds: 1,
        },
      }),
    );

  const cases = {
    'its data': {
      used: 'logistic',
      change: () => {
        writeFileSync(csv, table('5,9,b'));
      },
      file: csv,
    },
    'its Keras file': {
      used: { kind: 'keras', file: model },
      change: () => {
        writeFileSync(model, keras(5));
      },
      file: 'model.file',
    },
    'its plugin': {
      used: 'changed-model',
      change: () => {
        writeFileSync(code, plugin(5));
      },
      file: 'plugin plugin.mjs',
    },
  };
  for (const [what, { used, change, file }] of Object.entries(cases)) {
    it(`is refused after a change of ${what}, and runs again what it had with redo`, async () => {
      restore();
      const name = what.replaceAll(/\W/g, '-');
      const out = folder.path(name);
      const options = { out, cores: 2, plugins: [code] };
      await runSweep(sweepOf(name, used), options);
      const [before] = readSweepRecord(out).runs.map(({ directory }) => `${out}/${directory}`);
      change();
      const refused = await runSweep(sweepOf(name, used), options).then(String, String);
      expect(refused).to.include(`has a run that was made with something else than there is now`);
      expect(refused).to.match(
        new RegExp(`the SHA-256 of ${file} is [0-9a-f]{64} then, and [0-9a-f]{64} now`),
      );
      expect(refused).to.include('with --redo');
      await runSweep(sweepOf(name, used), { ...options, redo: true });
      const [after] = readSweepRecord(out).runs.map(({ directory }) => `${out}/${directory}`);
      const [old, redone] = [before, after].map((path) => readRecord(path));
      expect(redone.checksums)
        .to.have.property(file)
        .that.does.not.equal(new Map(Object.entries(old.checksums)).get(file));
      expect(redone.resultKey).not.to.equal(old.resultKey);
      expect(redone.weightsSha256).not.to.equal(old.weightsSha256);
      restore();
      // What was made before fits again when the old file is back.
      const back = await runSweep(sweepOf(name, used), { ...options, redo: true });
      expect([...back.finished.values()]).to.deep.equal([old]);
    });
  }
});
