import { expect } from 'chai';
import type { Amount } from '../../learning/index.js';
import { parseRecipe } from '../../recipe/index.js';
import type { RoundEvent } from '../../records/index.js';
import { simulate } from '../../simulator/index.js';
import { smallRecipe, trained } from '../support/small-recipe.js';

const run = (fields: Record<string, unknown>) =>
  simulate(parseRecipe(smallRecipe({ evaluate: { every: 1000 }, ...fields })), { threads: 1 });

async function roundsOf(fields: Record<string, unknown>): Promise<RoundEvent[]> {
  const { events } = await run(fields);
  return events.filter((event) => event.type === 'round');
}

const everybody = trained({ kind: 'fedavg', fraction: 1 });

describe('how clients behave', () => {
  it('dropout: those who never answer are named, and sent to, but not counted', async () => {
    const rounds = await roundsOf({ algorithm: everybody, clients: { dropout: 0.3 }, rounds: 20 });
    const weights = 28 * 28 * 20 + 20 + 20 * 10 + 10;
    for (const { answered, missing, bytesDown, bytesUp } of rounds) {
      expect(answered + missing.length).to.equal(10);
      expect(bytesDown).to.equal(10 * 4 * weights);
      expect(bytesUp).to.equal(answered * 4 * weights);
    }
    const missing = rounds.flatMap((round) => round.missing);
    // 200 draws at 0.3: mean 60, standard deviation 6.5.
    expect(missing).to.have.lengthOf.within(34, 86);
    expect(new Set(missing).size).to.equal(10);
  });

  it('everybody may drop out: the model stays as it was, and the run goes on', async () => {
    const { events, record } = await run({ clients: { dropout: 1 }, rounds: 2 });
    expect(events.map((event) => event.type)).to.deep.equal(['round', 'round', 'evaluation']);
    const untrained = await run({
      algorithm: trained({ kind: 'fedavg' }),
      clients: { dropout: 1 },
      rounds: 1,
    });
    expect(record.weightsSha256).to.equal(untrained.record.weightsSha256);
  });

  it('availability: nobody is asked who is away', async () => {
    const rounds = await roundsOf({ algorithm: everybody, clients: { availability: 0.5 }, rounds: 20 });
    const asked = rounds.map(({ answered }) => answered);
    expect(Math.min(...asked)).to.be.below(Math.max(...asked));
    // 200 draws at 0.5: mean 100, standard deviation 7.
    expect(asked.reduce((sum, n) => sum + n)).to.be.within(72, 128);
    expect(rounds.every(({ missing }) => missing.length === 0)).to.equal(true);
  });

  it('stragglers: less local work, so other weights', async () => {
    const digest = async (amount: Amount, stragglers: number) => {
      const algorithm = trained({ kind: 'fedavg', amount });
      return (await run({ algorithm, clients: { stragglers }, rounds: 2 })).record.weightsSha256;
    };
    for (const unit of ['epochs', 'steps']) {
      const amount = (count: number) => (unit === 'epochs' ? { epochs: count } : { steps: count });
      expect(await digest(amount(5), 1)).not.to.equal(await digest(amount(5), 0));
    }
  });
});
