import { expect } from 'chai';
import { renderReport } from '../../experiments/index.js';
import { parseRecipe, writeRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';

describe("a gossip run's report", () => {
  it('draws the graph, coloured by the accuracy of the nodes, with a table', async () => {
    const recipe = parseRecipe(`
data: { dataset: { kind: mnist, limit: 500 }, partition: { kind: iid, clients: 6 } }
model: logistic
algorithm: { kind: gossip, fanout: all, order: update-merge }
topology: ring
rounds: 2`);
    const { record, events } = await simulate(recipe, { threads: 1 });
    expect(record.topology?.edges).to.have.length(6);
    const page = renderReport({ record, events, recipe: writeRecipe(recipe) });
    expect(page).to.contain('a graph of kind ring').and.contain('6 nodes, 6 edges');
    expect(page).to.match(
      /coloured by the accuracy of their models at the round chosen \(drawn: round\s+2\)/,
    );
  });
});
