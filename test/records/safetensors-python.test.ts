import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { run } from '../support/murmur.js';
import { hasProgram, need } from '../support/requirements.js';
import { smallRecipe } from '../support/small-recipe.js';

/** The format's rules, by Python's standard library alone; prints the tensors and the hash of their bytes. */
const reader = `
import hashlib, json, struct, sys
data = open(sys.argv[1], 'rb').read()
length, = struct.unpack('<Q', data[:8])
header = json.loads(data[8:8 + length].decode('utf-8'))
metadata = header.pop('__metadata__')
assert all(isinstance(value, str) for value in metadata.values())
body, end, digest = data[8 + length:], 0, hashlib.sha256()
for name, tensor in header.items():
    assert tensor['dtype'] == 'F32'
    begin, finish = tensor['data_offsets']
    count = 1
    for extent in tensor['shape']: count *= extent
    assert begin == end and finish - begin == 4 * count, 'no gaps, no overlaps'
    digest.update(body[begin:finish])
    end = finish
    print(name, tensor['shape'])
assert end == len(body)
print(digest.hexdigest(), metadata['weightsSha256'])
`;

describe('model.safetensors', () => {
  const folder = temporaryFolder();

  it("keeps the format's rules when Python reads it, and holds what weightsSha256 says", async function () {
    need(this, 'python3', hasProgram('python3'));
    const { record } = await simulate(parseRecipe(smallRecipe()), { threads: 1, out: folder.path('run') });
    const model = folder.path('run', 'model.safetensors');
    const { code, stdout, stderr } = await run('python3', ['-c', reader, model]);
    expect(code, stderr).to.equal(0);
    expect(stdout.trim().split('\n')).to.deep.equal([
      'dense1/kernel [784, 20]',
      'dense1/bias [20]',
      'dense2/kernel [20, 10]',
      'dense2/bias [10]',
      `${record.weightsSha256} ${record.weightsSha256}`,
    ]);
  });
});
