import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { readEvents, readRecord } from '../../records/host/index.js';
import { temporaryFolder } from '../support/folder.js';

describe('the files of a run', () => {
  const folder = temporaryFolder();
  const metrics = (name: string, ...lines: readonly object[]): string => {
    mkdirSync(folder.path(name));
    folder.write(`${name}/metrics.jsonl`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return folder.path(name);
  };
  const evaluation = { type: 'evaluation', round: 3, on: 'test', accuracy: 0.5, loss: 1 };

  it('are read as they were: a number that JSON has not is NaN, and a missing client has no accuracy', () => {
    const clients = { type: 'clients', round: 3, mean: 1, deviation: 0, worstTenth: 1, best: 1 };
    const missing = { accuracies: [1, null], missing: [1], why: { 1: 'deadline' } };
    const path = metrics('read', { ...evaluation, loss: NaN }, { ...clients, ...missing });
    expect(readEvents(path)).to.deep.equal([
      { ...evaluation, loss: NaN },
      { ...clients, ...missing },
    ]);
  });

  for (const [what, line, field] of [
    ['a field that is not known', { ...evaluation, perplexity: 2 }, 'perplexity'],
    ['a field that is missing', { type: 'evaluation', round: 3, on: 'test', accuracy: 0.5 }, 'loss'],
    ['a field of another type', { ...evaluation, round: 'three' }, 'round'],
    ['an event that is not known', { type: 'privacy', round: 3 }, 'type'],
  ] as const) {
    it(`with ${what} are refused, by line and field`, () => {
      const path = metrics(what, evaluation, line);
      expect(() => readEvents(path)).to.throw(
        `metrics.jsonl, line 2: '${field}' is not as this version of murmur writes it`,
      );
    });
  }

  it('of another version are refused: run.json', () => {
    mkdirSync(folder.path('old'));
    folder.write('old/run.json', JSON.stringify({ accuracy: 1 }));
    expect(() => readRecord(folder.path('old'))).to.throw('run it again');
  });
});
