import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { locateDataset } from '../../data/host/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';

describe('murmur data', () => {
  const folder = temporaryFolder();
  const home = folder.path('home');
  const data = (...args: string[]) => murmur(['data', ...args], { env: { MURMUR_DATA: home } });
  const mnist = dirname(locateDataset('mnist', home)[0].path);

  it('list says what is here, and how to get what is not', async () => {
    const { code, stdout } = await data('list');
    expect(code).to.equal(0);
    expect(stdout).to.include(`    in ${mnist}\n`);
    expect(stdout).to.include('not here: get it with `murmur data get cifar-10`\n');
    expect(stdout).to.include('CC BY-SA 3.0');
  });

  it('import takes files from a folder, and the list then has them in the data home', async () => {
    const { code, stdout, stderr } = await data('import', 'mnist', mnist);
    expect(code, stderr).to.equal(0);
    expect(stdout.trim().split('\n')).to.have.lengthOf(4);
    expect((await data('list')).stdout).to.include(`    in ${folder.path('home', 'mnist')}\n`);
    const nowhere = await data('import', 'mnist', folder.path('nowhere'));
    expect([nowhere.code, nowhere.stderr]).to.deep.equal([
      2,
      `murmur: there is no folder '${folder.path('nowhere')}'\n`,
    ]);
  });

  describe('get', () => {
    /** Serves nothing; that downloads work is tested in test/data. */
    const server = createServer((_, response) => {
      response.writeHead(404).end();
    });
    before((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    after(() => {
      server.close();
    });
    const mirror = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

    it('says what the server answered, and that the same command goes on', async () => {
      const { code, stderr } = await data('get', 'cifar-10', '--mirror', mirror());
      expect(code).to.equal(2);
      expect(stderr).to.match(/cifar-10-binary\.tar\.gz answered 404/);
      expect(stderr).to.include('murmur data import');
    });

    it('says that a server cannot be reached', async () => {
      const { code, stderr } = await data('get', 'cifar-10', '--mirror', 'http://127.0.0.1:1/');
      expect(code, stderr).to.equal(4);
      expect(stderr).to.match(/^murmur: http:\/\/127\.0\.0\.1:1\/cifar-10-binary\.tar\.gz cannot be reached/);
    });

    it('names the nearest data set', async () => {
      const { code, stderr } = await data('get', 'cifar10');
      expect(code).to.equal(2);
      expect(stderr).to.include("did you mean 'cifar-10'?");
    });
  });
});
