import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { stream } from '../../numerics/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { readEvents, readRecord } from '../../records/host/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { freePort, startServer, startWorker } from '../support/network.js';
import { refused } from '../support/refused.js';

describe('workers with their own data', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  const sites = { east: 10, north: 80, south: 25, west: 40 };
  const draw = stream(1, 'own data');
  /** Points of the plane; the class is which side of a line they are on. */
  const rows = Object.fromEntries(
    Object.entries(sites).map(([site, count]) => [
      site,
      Array.from({ length: count }, () => {
        const [x, y] = [draw(), draw()];
        return [x, y, x > y ? 'above' : 'below'];
      }),
    ]),
  );
  for (const [site, points] of Object.entries(rows)) {
    mkdirSync(folder.path(site));
    // Columns are in any order.
    const lines =
      site === 'east'
        ? ['side,y,x', ...points.map(([x, y, side]) => `${side},${y},${x}`)]
        : ['x,y,side', ...points.map(String)];
    folder.write(`${site}/points.csv`, lines.join('\n'));
  }
  const common = {
    seed: 4,
    model: { kind: 'mlp', hidden: [6] },
    algorithm: { kind: 'scaffold', fraction: 1, amount: { epochs: 2 }, batchSize: 5 },
    rounds: 3,
    evaluate: { on: ['clients'] },
  };
  const own = {
    dataset: {
      ...{ kind: 'declared', input: [2], columns: ['x', 'y'] },
      ...{ classes: ['above', 'below'], label: 'side' },
    },
    partition: { kind: 'local', clients: Object.keys(sites) },
  };
  const recipe = folder.write('own.yaml', stringify({ ...common, data: own }));
  const gossip = {
    topology: 'ring',
    algorithm: { kind: 'gossip', fanout: 'all', batchSize: 5, optimizer: { learningRate: 0.1 } },
  };

  for (const [name, fields] of Object.entries({ 'a coordinator': {}, 'each other, in gossip': gossip })) {
    it(`end with ${name} in what the simulator ends in where it has all of them, whoever comes first`, async () => {
      const all = Object.entries(rows).flatMap(([site, points]) =>
        points.map((point) => `${String(point)},${site}`),
      );
      const file = folder.write('all.csv', ['x,y,side,site', ...all].join('\n'));
      const dataset = { kind: 'csv', file, testFile: file, label: 'side', owner: 'site', normalize: 'none' };
      const settings = { ...common, ...fields };
      const simulated = await simulate(
        parseRecipe(stringify({ ...settings, data: { dataset, partition: 'natural' } })),
        { threads: 1 },
      );
      const place = name.replaceAll(/\W/g, '-');
      const out = folder.path(place);
      const port = await freePort();
      const served = folder.write(`${place}.yaml`, stringify({ ...settings, data: own }));
      const coordinator = startServer(served, out, '--port', `${port}`);
      const workers = Object.keys(sites)
        .reverse()
        .map((site) => startWorker(port, folder.path(`state-${site}-${place}`), '--data', folder.path(site)));
      const { code, stderr } = await coordinator.finished;
      expect(code, stderr).to.equal(0);
      for (const worker of workers) expect((await worker.finished).code).to.equal(0);
      expect(readRecord(out).weightsSha256).to.equal(simulated.record.weightsSha256);
      expect(readRecord(out).skew.sizes).to.deep.equal({ mean: 38.75, least: 10, most: 80 });
      const events = readEvents(out);
      const accuracies = (of: typeof events) =>
        of.flatMap((event) => (event.type === 'clients' ? [event.accuracies] : []));
      expect(accuracies(events)).to.have.lengthOf.above(0);
      expect(accuracies(events)).to.deep.equal(accuracies([...simulated.events]));
      // Nodes have no test set in common.
      for (const event of events) if (event.type === 'population') expect(event.nodes).to.equal(undefined);
    });
  }

  it('begin without a site that has not come, where the recipe says how many are enough', async () => {
    const network = { deadline: 1, minimumUpdates: 3 };
    const begun = folder.write('minimum.yaml', stringify({ ...common, data: own, network }));
    const out = folder.path('minimum');
    const port = await freePort();
    const coordinator = startServer(begun, out, '--port', `${port}`);
    const workers = ['east', 'south', 'west'].map((site) =>
      startWorker(port, folder.path(`state-minimum-${site}`), '--data', folder.path(site)),
    );
    const { code, stderr } = await coordinator.finished;
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include('the run begins without clients that have not come');
    for (const worker of workers) expect((await worker.finished).code).to.equal(0);
    const [evaluated] = readEvents(out).filter((event) => event.type === 'clients');
    expect(evaluated.missing).to.deep.equal([1]);
    expect(evaluated.why).to.deep.equal({ 1: 'has not come yet' });
  });

  it('are told what does not fit', async () => {
    expect(await refused(2, ['simulate', recipe])).to.include('bring their own data');
    expect(await refused(2, ['launch', recipe])).to.include('murmur join --data');
    mkdirSync(folder.path('odd'));
    folder.write('odd/points.csv', 'x,y,side\n1,2,beside\n');
    const port = await freePort();
    const coordinator = startServer(recipe, folder.path('refusing'), '--port', `${port}`);
    const join = async (...more: string[]) => {
      const state = ['--state', folder.path(`state-${Math.random()}`)];
      const { code, stderr } = await murmur(['join', `ws://127.0.0.1:${port}`, ...state, ...more]);
      expect(code, stderr).to.equal(2);
      return stderr;
    };
    expect(await join('--data', folder.path('nowhere'))).to.include('does not exist: give a CSV file');
    expect(await join('--data', folder.path('east'), '--client', 'centre')).to.include("has no 'centre'");
    expect(await join()).to.include('--data FOLDER --client NAME');
    expect(await join('--data', folder.path('odd'), '--client', 'east')).to.include(
      "line 2: column 'side' has 'beside', which is not one of the classes above, below",
    );
    folder.write('odd/points.csv', 'x,y,side\n');
    expect(await join('--data', folder.path('odd'), '--client', 'east')).to.include('there are no examples');
    coordinator.child.kill('SIGTERM');
    expect((await coordinator.finished).code).to.equal(130);
  });
});
