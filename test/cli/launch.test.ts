import { expect } from 'chai';
import { crowding } from '../../cli/launch.js';

describe('murmur launch', () => {
  it('says where many more processes start than there are cores', () => {
    expect(crowding(4, 2)).to.equal('');
    expect(crowding(50, 2)).to.match(
      /^50 worker processes share 2 cores, .* --workers 2 gives the same result\.\n$/,
    );
  });
});
