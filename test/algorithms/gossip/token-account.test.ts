/** Token accounts: the table of strategies by hand, and what nodes do with their balance. */
import { expect } from 'chai';
import {
  createTokenAccount,
  roundRandomly,
  type TokenAccountOption,
} from '../../../algorithms/gossip/token-account.js';
import { stream } from '../../../numerics/index.js';
import { gossiper, hostOf, numberOf, type Node } from './host.js';
import { halfway, pulledTo } from './points.js';

interface Row {
  readonly tokenAccount: TokenAccountOption;
  readonly balances: readonly number[];
  readonly proactive: readonly number[];
  readonly useful: readonly number[];
  readonly useless: readonly number[];
}

const table: readonly Row[] = [
  {
    tokenAccount: { kind: 'proactive' },
    balances: [0, 5],
    proactive: [1, 1],
    useful: [0, 0],
    useless: [0, 0],
  },
  {
    tokenAccount: { kind: 'reactive', count: 2, useful: 'newer' },
    balances: [0, 5],
    proactive: [0, 0],
    useful: [2, 2],
    useless: [0, 0],
  },
  {
    tokenAccount: { kind: 'simple', capacity: 3 },
    balances: [0, 1, 2, 3],
    proactive: [0, 0, 0, 1],
    useful: [0, 1, 1, 1],
    useless: [0, 1, 1, 1],
  },
  {
    // A = 3: ⌊(2 + a) / 3⌋, and ⌊(2 + a) / 6⌋.
    tokenAccount: { kind: 'generalized', capacity: 5, reactivity: 3, useful: 'newer' },
    balances: [0, 1, 2, 3, 4, 5],
    proactive: [0, 0, 0, 0, 0, 1],
    useful: [0, 1, 1, 1, 2, 2],
    useless: [0, 0, 0, 0, 1, 1],
  },
  {
    // A = 2, C = 5: (a − 1) / 4, and a / 2.
    tokenAccount: { kind: 'randomized', capacity: 5, reactivity: 2, useful: 'newer' },
    balances: [0, 1, 2, 3, 4, 5, 6],
    proactive: [0, 0, 0.25, 0.5, 0.75, 1, 1],
    useful: [0, 0.5, 1, 1.5, 2, 2.5, 3],
    useless: [0, 0, 0, 0, 0, 0, 0],
  },
];

describe('token accounts', () => {
  for (const { tokenAccount, balances, proactive, useful, useless } of table) {
    it(`${tokenAccount.kind}: the table`, () => {
      const account = createTokenAccount(tokenAccount);
      expect(balances.map((tokens) => account.proactive(tokens))).to.deep.equal(proactive);
      expect(balances.map((tokens) => account.reactive(tokens, true))).to.deep.equal(useful);
      expect(balances.map((tokens) => account.reactive(tokens, false))).to.deep.equal(useless);
    });
  }

  it('round randomly to the mean', () => {
    const draw = stream(1, 'rounding');
    const rounded = Array.from({ length: 2000 }, () => roundRandomly(2.25, draw));
    expect(new Set(rounded)).to.deep.equal(new Set([2, 3]));
    expect(rounded.reduce((sum, x) => sum + x, 0) / 2000).to.be.closeTo(2.25, 0.04);
    expect(roundRandomly(3, () => 0)).to.equal(3);
  });
});

describe('gossip with token accounts', () => {
  const gossip = (tokenAccount: object) => gossiper({ kind: 'gossip', tokenAccount, ...halfway }, false);
  const setting = pulledTo(
    [
      [0, 0],
      [0, 0],
    ],
    { kind: 'path' },
  );
  const tokens = (node: Node) => numberOf(node, 'tokens');

  it('saves tokens until the account is full, then sends', () => {
    const host = hostOf(gossip({ kind: 'simple', capacity: 2 }), setting);
    host.wake(0).wake(0);
    expect(host.sent).to.have.lengthOf(0);
    expect(tokens(host.nodes[0])).to.equal(2);
    host.wake(0);
    expect(host.sent).to.have.lengthOf(1);
    expect(tokens(host.nodes[0])).to.equal(2);
  });

  it('reacts to what comes as long as there are tokens', () => {
    const host = hostOf(gossip({ kind: 'simple', capacity: 2 }), setting);
    host.wake(0).wake(0).wake(1).wake(1).wake(0);
    // 0 sends by itself; then 1, 0, 1, 0 react with the two tokens that each has.
    expect(host.sent.map(({ from }) => from)).to.deep.equal([0, 1, 0, 1, 0]);
    expect(host.nodes.map(tokens)).to.deep.equal([0, 0]);
  });

  it('sends several reactions at once, of the model as it is then', () => {
    // A = 1: as many as there are tokens.
    const host = hostOf(gossip({ kind: 'generalized', capacity: 3, reactivity: 1 }), {
      ...setting,
      loses: (from) => from === 1,
    });
    host.wake(1).wake(1).wake(0).wake(0).wake(0).wake(0);
    expect(host.sent.map(({ from, header }) => [from, header.age])).to.deep.equal([
      [0, 0],
      [1, 1],
      [1, 1],
    ]);
  });

  it('reacts to newer models only, where only they are useful', () => {
    const pushes = (useful: string) =>
      hostOf(gossip({ kind: 'reactive', useful }), { ...setting, loses: (from) => from === 1 }).wake(0).sent;
    // The model that comes has seen as many updates as the own: none.
    expect(pushes('always').map(({ from }) => from)).to.deep.equal([0, 1]);
    expect(pushes('newer').map(({ from }) => from)).to.deep.equal([0]);
  });

  it('reacts only, but for the first period, where it is purely reactive', () => {
    const host = hostOf(gossip({ kind: 'reactive' }), { ...setting, loses: () => true });
    host.wake(0).wake(0).wake(0);
    expect(host.sent).to.have.lengthOf(1);
  });
});
