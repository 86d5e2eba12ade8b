/** FedSGD by hand. */
import { expect } from 'chai';
import { only, path, twoPoints } from './two-points.js';
import { federated } from './federated.js';

describe('FedSGD', () => {
  const fedsgd = federated({ kind: 'fedsgd', fraction: 1, optimizer: { learningRate: 0.5 } });

  it('steps along the mean gradient over all examples', () => {
    // Gradients (−4, 0) and, three times, (0, −8): mean (−1, −6). Then (½ − 4, 3) and (½, −5): (−½, −3).
    expect(path(fedsgd, twoPoints, 2)).to.deep.equal([
      [0.5, 3],
      [0.75, 4.5],
    ]);
  });

  it('weighs by the clients that are there', () => {
    expect(path(fedsgd, only(0), 1)).to.deep.equal([[2, 0]]);
  });

  it('refuses local momentum', () => {
    const options = { optimizer: { learningRate: 0.5, momentum: 0.9 } };
    const refused = federated({ kind: 'fedsgd', ...options });
    expect(refused.refuse?.({ ...twoPoints, clients: 2, rounds: 1 })).to.include('serverMomentum');
    expect(fedsgd.refuse?.({ ...twoPoints, clients: 2, rounds: 1 })).to.equal(undefined);
  });
});
