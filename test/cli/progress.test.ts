import { expect } from 'chai';
import { duration, showProgress } from '../../cli/progress.js';
import type { RunEvent } from '../../records/index.js';

describe('the progress line', () => {
  const round = (round: number, loss: number): RunEvent => ({
    type: 'round',
    round,
    loss,
    answered: 10,
    missing: [],
    localSteps: 60,
    bytesDown: 0,
    bytesUp: 0,
  });

  it('says round, loss, accuracy, and from the second round on the rate and the time left', () => {
    const shown: string[] = [];
    let clock = 5000;
    const line = { show: (text: string) => shown.push(text), end: () => shown.push('end') };
    const progress = showProgress(100, line, () => clock);
    progress.update(round(11, 2.30258));
    clock += 500;
    progress.update({ type: 'evaluation', round: 11, on: 'test', accuracy: 0.5, loss: 1 });
    progress.update(round(12, NaN));
    progress.end();
    expect(shown).to.deep.equal([
      'round 11/100  loss 2.3026',
      'round 11/100  loss 2.3026  accuracy 50.00 %',
      'round 12/100  accuracy 50.00 %  2.00 rounds/s  at most 44 s left',
      'end',
    ]);
  });

  it('says durations as people do', () => {
    const cases = {
      0.2: '1 s',
      59: '59 s',
      60: '1 min 0 s',
      185: '3 min 5 s',
      4800: '1 h 20 min',
      183_600: '2 days 3 h',
    };
    for (const [seconds, text] of Object.entries(cases)) expect(duration(Number(seconds))).to.equal(text);
  });
});
