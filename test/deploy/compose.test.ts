import { expect } from 'chai';
import { complaints, compose } from './files.js';

describe('the compose file', () => {
  const variables = { MURMUR_TOKEN: 'a-token' };

  it('is valid by the schema of the Compose Specification', () => {
    expect(complaints('compose-spec', '#', compose(variables))).to.deep.equal([]);
    expect(complaints('compose-spec', '#', { ...compose(variables), servces: {} }).join()).to.include(
      'servces',
    );
  });

  it('refuses to start without a token', () => {
    expect(() => compose({})).to.throw('MURMUR_TOKEN');
  });

  it('has every volume that its services mount', () => {
    const { services, volumes } = compose(variables);
    const mounted = Object.values(services).flatMap((service) =>
      service.volumes.flatMap((volume) => /^[a-z]+(?=:)/.exec(volume) ?? []),
    );
    expect(Object.keys(volumes)).to.have.members([...new Set(mounted.flat())]);
  });
});
