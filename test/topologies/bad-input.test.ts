import { expect } from 'chai';
import type { Choice } from '../../registry/index.js';
import { topologies } from '../../topologies/registry.js';

const refused: readonly [choice: Choice, nodes: number, sentence: string][] = [
  [
    { kind: 'torus', rows: 5 },
    12,
    'rows: 5 makes no rectangle with at least 3 rows and 3 columns; use rows: 3, or 15 nodes',
  ],
  [
    { kind: 'torus', rows: 2 },
    12,
    'rows: 2 makes no rectangle with at least 3 rows and 3 columns; use rows: 3, or 12 nodes',
  ],
  [{ kind: 'torus' }, 10, 'they make no rectangle with at least 3 rows and 3 columns; use 9 or 12 nodes'],
  [{ kind: 'torus' }, 4, 'they make no rectangle with at least 3 rows and 3 columns; use 9 nodes'],
  [{ kind: 'grid' }, 7, 'they make no rectangle with at least 2 rows and 2 columns; use 6 or 8 nodes'],
  [{ kind: 'ring' }, 2, 'two nodes have one edge; use path, directed: true, or at least 3 nodes'],
  [{ kind: 'hypercube' }, 12, 'the number of nodes has to be a power of two; use 8 or 16 nodes'],
  [
    { kind: 'regular', degree: 3 },
    7,
    'no graph has degree 3 everywhere, since degree × nodes (21) counts every edge twice; use degree 2 or 4, or 6 or 8 nodes',
  ],
  [
    { kind: 'regular', degree: 7 },
    7,
    'degree 7 is too large: a node has at most 6 neighbours; use a lower degree or more nodes',
  ],
  [
    { kind: 'regular', degree: 1 },
    8,
    'degree 1 makes separate pairs; use degree 2 or more, or connected: false',
  ],
  [
    { kind: 'erdos-renyi', probability: 0.001 },
    1000,
    'probability 0.001 leaves about 370 nodes without any neighbour; use a probability above ln(N)/N = 0.0069, or connected: false',
  ],
  [
    { kind: 'erdos-renyi', probability: 0 },
    10,
    'probability 0 gave no connected graph in 100 draws and leaves about 10 nodes without any neighbour; use a probability above ln(N)/N = 0.23, or connected: false',
  ],
  [
    { kind: 'erdos-renyi', probability: 0.5 },
    100_000,
    'it would have about 2,500 million edges, and at most 67 million are held; use fewer nodes or a sparser topology',
  ],
  [
    { kind: 'complete' },
    20_000,
    'it would have about 200 million edges, and at most 67 million are held; use fewer nodes or a sparser topology',
  ],
  [{ kind: 'watts-strogatz', degree: 5 }, 20, 'half of degree 5 on each side does not work; use 4 or 6'],
  [
    { kind: 'watts-strogatz', degree: 4 },
    4,
    'degree 4 is too large: a ring of 4 has room for 2; use a lower degree or more nodes',
  ],
  [
    { kind: 'barabasi-albert', edges: 5 },
    5,
    'a joining node cannot choose 5 neighbours; use edges: 4 or fewer, or more nodes',
  ],
  [
    { kind: 'caveman', cliques: 5 },
    12,
    '5 cliques of equal size, at least 3 nodes each, do not come out even; use cliques: 1, 2, 3, 4, or 15 nodes',
  ],
  [
    { kind: 'caveman', cliques: 7 },
    12,
    '7 cliques of equal size, at least 3 nodes each, do not come out even; use cliques: 1, 2, 3, 4, or 21 nodes',
  ],
  [
    { kind: 'caveman' },
    2,
    'several cliques of equal size, at least 3 nodes each, do not come out even; use 6 nodes',
  ],
  [{ kind: 'stochastic-block', blocks: 9 }, 5, '9 blocks need as many nodes'],
  [
    { kind: 'stochastic-block', between: 0 },
    20,
    'between: 0 cannot connect the blocks; raise it, or connected: false',
  ],
  [
    { kind: 'stochastic-block', within: 0.3, between: 0.001 },
    40,
    'within: 0.3 and between: 0.001 give no connected graph',
  ],
  [
    { kind: 'hierarchical', groups: 6 },
    10,
    '6 groups need at least 12 nodes, a head and a member each; use groups: 5 or fewer',
  ],
  [
    { kind: 'hierarchical' },
    3,
    '2 groups need at least 4 nodes, a head and a member each; use at least 4 nodes',
  ],
  [{ kind: 'epidemic', degree: 3 }, 7, 'no graph has degree 3 everywhere'],
  [
    { kind: 'epidemic', variant: 'local', degree: 7 },
    7,
    'degree 7 is too large: there are 6 others to send to',
  ],
  [{ kind: 'churn', base: 'ring' }, 7, 'nothing would ever be down; set linkFailure or nodeFailure above 0'],
  [
    { kind: 'churn', base: 'ring', linkFailure: 1 },
    7,
    'everything would always be down; use probabilities below 1',
  ],
];

describe('a topology that cannot exist', () => {
  for (const [choice, nodes, sentence] of refused) {
    it(`is refused in a sentence: ${JSON.stringify(choice)} on ${nodes}`, () => {
      const parsed = topologies.field().parse(choice);
      expect(() => topologies.create(parsed, { nodes, seed: 1 })).to.throw(
        `topology '${choice.kind}' on ${nodes} nodes: ${sentence}`,
      );
    });
  }

  it('is refused in a sentence: any of a single node, of none, or of half a one', () => {
    for (const { kind } of topologies.entries) {
      const choice = {
        kind,
        ...(kind === 'file' && { path: 'a.csv' }),
        ...(kind === 'churn' && { base: 'star' }),
      };
      expect(() => topologies.create(choice, { nodes: 1, seed: 1 })).to.throw(
        `topology '${kind}' on 1 node: it takes at least 2 nodes to exchange anything`,
      );
      expect(() => topologies.create(choice, { nodes: 0, seed: 1 })).to.throw('at least 2 nodes');
      expect(() => topologies.create(choice, { nodes: 2.5, seed: 1 })).to.throw('at least 2 nodes');
    }
  });

  it('is refused by the inner name where it is inside another one', () => {
    const inside = { kind: 'hierarchical', groups: 2, within: 'hypercube' };
    expect(() => topologies.create(topologies.field().parse(inside), { nodes: 10, seed: 1 })).to.throw(
      "topology 'hypercube' on 5 nodes: the number of nodes has to be a power of two; use 4 or 8 nodes",
    );
  });

  const misread: readonly [choice: unknown, sentence: string][] = [
    ['rnig', "unknown topology 'rnig'; did you mean 'ring'?"],
    [{ kind: 'churn', linkFailure: 0.1 }, 'name a topology: one of complete, star, '],
    [
      { kind: 'churn', base: { kind: 'ring', dirceted: true } },
      "unknown field 'dirceted'; did you mean 'directed'?",
    ],
    [{ kind: 'erdos-renyi', probability: 1.5 }, 'a probability lies between 0 and 1, and this is 1.5'],
    [
      { kind: 'watts-strogatz', rewiring: 'often' },
      'a probability lies between 0 and 1, and this is "often"',
    ],
  ];
  for (const [choice, sentence] of misread) {
    it(`is refused where it is read: ${JSON.stringify(choice)}`, () => {
      const parsed = topologies.field().safeParse(choice);
      expect(parsed.error?.issues.map(({ message }) => message).join('; ')).to.include(sentence);
    });
  }
});
