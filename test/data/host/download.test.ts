/** Downloads against a local server that breaks off, answers wrongly or forgets ranges. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { CatalogueEntry } from '../../../data/catalogue.js';
import { downloadFile, type DownloadProgress } from '../../../data/host/download.js';
import { downloadEntry } from '../../../data/host/download-dataset.js';
import { downloadDataset } from '../../../data/host/index.js';
import { tarGz, zip } from './archives.js';
import { temporaryFolder } from '../stored.js';

const content = randomBytes(300_000);
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

/** What a promise is refused with. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it was not refused');
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: Uint8Array) => void;

/** Sends what the range asks for, as a file server does. */
const whole: Answer = (request, response, body) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  const rest = body.subarray(from);
  const range = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, { ...range, 'content-length': rest.length }).end(rest);
};

/** Announces the rest but breaks off after `bytes` of it. */
const cutAfter =
  (bytes: number): Answer =>
  (request, response, body) => {
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    const range = { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` };
    response.writeHead(from > 0 ? 206 : 200, { ...range, 'content-length': body.length - from });
    response.write(body.subarray(from, from + bytes), () => {
      // Time for the bytes to leave before the connection is cut.
      setTimeout(() => response.destroy(), 100);
    });
  };

describe('downloads', () => {
  const home = temporaryFolder();
  const files = new Map<string, Uint8Array>();
  let answers: Answer[] = [];
  let ranges: (string | undefined)[] = [];
  let base = '';
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const body = files.get(request.url ?? '');
    if (body) (answers.shift() ?? whole)(request, response, body);
    else response.writeHead(404).end('no such file');
  });
  before((done) => {
    server.listen(0, '127.0.0.1', () => {
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  beforeEach(() => {
    files.clear();
    files.set('/file', content);
    [answers, ranges] = [[], []];
  });
  const target = () => join(home.path, 'file');
  const get = (options = {}, sum = md5(content)) =>
    downloadFile({ url: `${base}/file`, md5: sum }, target(), options);

  it('says how far it is and leaves nothing but the file', async () => {
    const seen: DownloadProgress[] = [];
    await get({ onProgress: (progress: DownloadProgress) => seen.push(progress) });
    expect(readFileSync(target()).equals(content)).to.equal(true);
    expect(readdirSync(home.path)).to.deep.equal(['file']);
    expect(seen.at(-1)).to.deep.equal({ file: 'file', received: 300_000, total: 300_000 });
    expect(seen.map(({ received }) => received)).to.deep.equal(
      seen.map(({ received }) => received).sort((a, b) => a - b),
    );
  });

  it('goes on where the connection was cut', async () => {
    answers = [cutAfter(100_000), cutAfter(50_000)];
    const seen: DownloadProgress[] = [];
    await get({ onProgress: (progress: DownloadProgress) => seen.push(progress) });
    expect(ranges).to.deep.equal([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(readFileSync(target()).equals(content)).to.equal(true);
    expect(seen.every(({ total }) => total === 300_000)).to.equal(true);
  });

  it('gives up where nothing more comes, and goes on the next time it is asked', async () => {
    answers = [cutAfter(1000), cutAfter(0), cutAfter(0), cutAfter(0)];
    expect(await refusal(get())).to.match(
      /the connection to .*\/file failed \(.*\); run the same command again to resume/,
    );
    expect(ranges.length).to.equal(4);
    expect(existsSync(target())).to.equal(false);
    await get();
    expect(ranges.at(-1)).to.equal('bytes=1000-');
    expect(readFileSync(target()).equals(content)).to.equal(true);
  });

  it('stops when it is told to, and keeps what came', async () => {
    const control = new AbortController();
    const stop = () => {
      control.abort();
    };
    answers = [cutAfter(200_000)];
    const stopped = get({ signal: control.signal, onProgress: stop });
    expect(await refusal(stopped)).to.match(/abort/i);
    await get();
    expect(ranges.length).to.equal(2);
    expect(readFileSync(target()).equals(content)).to.equal(true);
  });

  it('starts anew where the server knows no ranges', async () => {
    home.write('file.part', content.subarray(0, 5000));
    answers = [(_, response, body) => response.writeHead(200).end(body)];
    await get();
    expect(readFileSync(target()).equals(content)).to.equal(true);
  });

  it('takes a part that is whole already, and begins anew where it is of another file', async () => {
    home.write('file.part', content);
    await get();
    expect(ranges).to.deep.equal(['bytes=300000-']);
    home.write('file.part', randomBytes(400_000));
    await get();
    expect(ranges.slice(1)).to.deep.equal(['bytes=400000-', undefined]);
    expect(readFileSync(target()).equals(content)).to.equal(true);
  });

  it('refuses and deletes what has another checksum', async () => {
    const wrong = md5(Buffer.from('other'));
    expect(await refusal(get({}, wrong))).to.match(
      new RegExp(`/file is not the published file: its MD5 is ${md5(content)}, it should be ${wrong}`),
    );
    expect(readdirSync(home.path)).to.deep.equal([]);
  });

  it('says what the server answered, or that it cannot be reached', async () => {
    files.clear();
    expect(await refusal(get())).to.match(/\/file answered 404 Not Found; .*`murmur data import`/);
    expect(ranges.length).to.equal(1);
    const nowhere = downloadFile({ url: 'http://127.0.0.1:1/file', md5: '' }, target(), {});
    expect(await refusal(nowhere)).to.match(/127\.0\.0\.1:1\/file cannot be reached \(.*\)/);
  });

  describe('of datasets', () => {
    const entry = (downloads: Record<string, Uint8Array>, names: readonly string[]): CatalogueEntry => {
      for (const [name, bytes] of Object.entries(downloads)) files.set(`/${name}`, bytes);
      return {
        ...{ title: 'A dataset', licence: '', source: '' },
        sets: { all: names.map((name) => ({ name })) },
        downloads: Object.entries(downloads).map(([name, bytes]) => ({
          url: `http://publisher.invalid/data/${name}`,
          md5: md5(bytes),
        })),
      };
    };
    const [a, b] = [Buffer.from('first'), randomBytes(2000)];

    it('gets the files that are not there yet, from a mirror', async () => {
      const two = entry({ 'a.gz': gzipSync(a), 'b.gz': gzipSync(b) }, ['a', 'b']);
      home.write('set/a', a);
      await downloadEntry(two, join(home.path, 'set'), { baseUrl: base });
      expect(readdirSync(join(home.path, 'set')).sort()).to.deep.equal(['a', 'b.gz']);
      await downloadEntry(two, join(home.path, 'set'), { baseUrl: `${base}/` });
      expect(ranges.length).to.equal(1);
    });

    for (const [kind, pack] of Object.entries({ 'tar.gz': tarGz, zip })) {
      it(`unpacks a .${kind}, wanted files only and nowhere else`, async () => {
        const packed = pack({ 'folder/a': a, '../../b': b, 'folder/readme': a });
        await downloadEntry(entry({ [`all.${kind}`]: packed }, ['a', 'b']), join(home.path, 'set'), {
          baseUrl: base,
        });
        expect(readdirSync(join(home.path, 'set')).sort()).to.deep.equal(['a', 'b']);
        expect(readFileSync(join(home.path, 'set/a')).equals(a)).to.equal(true);
        expect(readFileSync(join(home.path, 'set/b')).equals(b)).to.equal(true);
        expect(readdirSync(home.path)).to.deep.equal(['set']);
      });

      it(`refuses a damaged .${kind} and one that lacks files`, async () => {
        const packed = pack({ 'folder/a': a, 'folder/b': b });
        const cut = entry({ [`all.${kind}`]: packed.subarray(0, packed.length - 1500) }, ['a', 'b']);
        expect(await refusal(downloadEntry(cut, join(home.path, 'cut'), { baseUrl: base }))).to.match(
          new RegExp(`all\\.${kind}' is not a whole `),
        );
        const more = entry({ [`all.${kind}`]: packed }, ['a', 'b', 'c']);
        expect(await refusal(downloadEntry(more, join(home.path, 'set'), { baseUrl: base }))).to.equal(
          'A dataset: what was downloaded lacks c',
        );
      });
    }

    it('says what cannot be downloaded and how to come by it', async () => {
      const options = { home: home.path, baseUrl: base };
      expect(await refusal(downloadDataset('femnist', options))).to.match(
        /LEAF's FEMNIST cannot be downloaded in this format; LEAF makes the files: clone/,
      );
      expect(await refusal(downloadDataset('mnits', options))).to.match(
        /unknown dataset 'mnits'; did you mean 'mnist'/,
      );
      expect(await refusal(downloadDataset('cifar-10', options))).to.match(
        /cifar-10-binary\.tar\.gz answered 404/,
      );
    });
  });
});
