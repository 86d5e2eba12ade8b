/** Workers of a gossip run that cannot reach each other say so, with address and reason; nothing waits in silence. */
import { createServer } from 'node:net';
import { expect } from 'chai';
import { ConnectionError } from '../../errors/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { runTogether } from '../support/in-process.js';
import { freePort } from '../support/network.js';

const recipeFor = (way?: 'direct') =>
  parseRecipe(
    JSON.stringify({
      name: 'unreachable',
      seed: 5,
      data: { dataset: { kind: 'synthetic', clients: 4, dimension: 20 }, partition: 'natural' },
      model: 'logistic',
      topology: 'ring',
      algorithm: { kind: 'gossip', batchSize: 10, optimizer: { learningRate: 0.1 }, fanout: 'all' },
      evaluate: { every: 2, nodes: 2, examples: 20 },
      rounds: 4,
      ...(way && { network: { gossip: way } }),
    }),
  );

describe('gossip between workers that cannot reach each other', function () {
  this.timeout(30_000);
  const folder = temporaryFolder();
  const closing = createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
  let [nobody, closes] = [0, 0];
  before(async () => {
    [nobody, closes] = [await freePort(), await freePort()];
    await new Promise<void>((resolve) => closing.listen(closes, '127.0.0.1', resolve));
  });
  after(() => closing.close());

  /** Both workers say that they are at an address where they are not. */
  async function run(name: string, advertise: string, way?: 'direct') {
    const lines: { at: string; sentence: string }[] = [];
    const log = (at: string) => (_: string, sentence: string) => {
      lines.push({ at, sentence });
    };
    const heartbeat = { everyMs: 40, timeoutMs: 400 };
    const out = folder.path(name);
    const outcome = await runTogether(recipeFor(way), {
      workers: 2,
      out,
      state: `${out}-worker`,
      join: { listen: { host: '127.0.0.1', port: 0, advertise }, log: log('worker') },
      serve: { settings: { workers: 2, heartbeat }, log: log('coordinator') },
    }).catch((error: unknown) => error);
    const said = (at: string, pattern: RegExp) =>
      lines.filter((line) => line.at === at && pattern.test(line.sentence)).length;
    return { outcome, said };
  }

  const addresses: Readonly<Record<string, [address: () => string, reason: RegExp]>> = {
    'where nothing listens': [() => `ws://127.0.0.1:${nobody}`, /nothing listens at ws:/],
    'of another server': [() => `ws://127.0.0.1:${closes}`, /answers with HTTP 404/],
    'with TLS, where none is spoken': [() => `wss://127.0.0.1:${closes}`, /does not speak TLS/],
  };
  for (const [index, [name, [address, reason]]] of Object.entries(addresses).entries()) {
    it(`an address ${name}: network.gossip: direct gives up in a sentence`, async () => {
      const { outcome, said } = await run(`direct-${index}`, address(), 'direct');
      expect(outcome).to.be.instanceOf(ConnectionError);
      const { message } = outcome as ConnectionError;
      expect(message).to.match(reason).and.include(address());
      expect(message).to.match(/^worker w1 cannot reach worker w2 at .*network\.gossip: direct.*--advertise/);
      const attempts = said('worker', /^worker w2 cannot be reached at/);
      expect(attempts).to.be.within(1, 4);
    });

    it(`an address ${name}: otherwise messages go by the coordinator, which is logged once`, async () => {
      const simulated = await simulate(recipeFor(), { threads: 1 });
      const { outcome, said } = await run(`relayed-${index}`, address());
      expect(outcome).to.have.nested.property('record.weightsSha256', simulated.record.weightsSha256);
      expect(said('worker', new RegExp(`^worker w2 cannot be reached at .*${reason.source}`))).to.be.within(
        1,
        4,
      );
      expect(said('worker', /^what is for worker w2 goes by the coordinator/)).to.equal(1);
      expect(said('coordinator', /^worker w1 cannot reach worker w2 at .*goes by the coordinator/)).to.equal(
        1,
      );
    });
  }
});
