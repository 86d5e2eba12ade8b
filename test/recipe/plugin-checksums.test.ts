import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { sha256 } from '../../numerics/index.js';
import { pluginChecksums } from '../../recipe/index.js';
import { temporaryFolder } from '../support/folder.js';

describe('the checksums of plugins', () => {
  const folder = temporaryFolder();
  mkdirSync(folder.path('lib'));

  it('are of the files, and of what they import from beside them', () => {
    const contents = {
      'a.js':
        "import { define } from 'murmuration-fl';\nimport { x } from './lib/x.js';\nimport './none.js';",
      'lib/x.js': "export * from '../y.js';\nexport const x = () => import('./z.js');",
      'y.js': "import './a.js'; export const y = 1;",
      'lib/z.js': 'export const z = 1;',
      'b.js': 'export const models = [];',
    };
    for (const [name, content] of Object.entries(contents)) folder.write(name, content);
    const sums = pluginChecksums([folder.path('b.js'), folder.path('a.js')]);
    expect(sums).to.deep.equal(
      Object.fromEntries(
        Object.entries(contents).map(([name, content]) => [`plugin ${name}`, sha256(Buffer.from(content))]),
      ),
    );
    folder.write('lib/z.js', 'export const z = 2;');
    expect(pluginChecksums([folder.path('a.js')])['plugin lib/z.js']).not.to.equal(sums['plugin lib/z.js']);
  });

  it('do not depend on the order of two plugins of one name', () => {
    mkdirSync(folder.path('other'));
    const two = [folder.write('c.js', '1'), folder.write('other/c.js', '2')];
    expect(Object.keys(pluginChecksums(two))).to.deep.equal(['plugin c.js', 'plugin c.js (2)']);
    expect(pluginChecksums(two)).to.deep.equal(pluginChecksums([...two].reverse()));
  });
});
