/** What every merge rule must do, whatever its kind. */
import { expect } from 'chai';
import { mergeInPlace, mergeRules, SCRATCH_BYTES, type MergeInput } from '../../merging/index.js';
import { bits, mixed } from './models.js';
import { cases, make, someInput } from './rule-cases.js';

/** The same input with every vector in one memory that threads share. */
function inOneMemory(input: MergeInput): MergeInput {
  const bytes = 4 * mixed.length;
  const pages = Math.ceil((SCRATCH_BYTES + bytes * (input.received.length + 2)) / 65536) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  mergeInPlace(memory, 0);
  let next = SCRATCH_BYTES;
  const move = (values: Float32Array) => {
    const moved = new Float32Array(memory.buffer, next, values.length);
    moved.set(values);
    next += bytes;
    return moved;
  };
  return {
    ...input,
    ...(input.own && { own: { ...input.own, weights: move(input.own.weights) } }),
    received: input.received.map((model) => ({ ...model, weights: move(model.weights) })),
    into: move(new Float32Array(mixed.length)),
  };
}

describe('every merge rule', () => {
  it('has a case here', () => {
    expect(new Set(cases.map(({ choice }) => choice.kind))).to.deep.equal(
      new Set(mergeRules.entries.map(({ kind }) => kind)),
    );
  });

  for (const ruleCase of cases) {
    describe(JSON.stringify(ruleCase.choice), () => {
      const rule = make(ruleCase);

      it('gives the same result again, and leaves the models as they are', () => {
        const input = someInput(5);
        const first = rule.merge(input);
        expect(input).to.deep.equal({ ...someInput(5), stream: input.stream });
        const again = rule.merge(input);
        expect(bits(again.weights)).to.equal(bits(first.weights));
        expect({ ...again, weights: [] }).to.deep.equal({ ...first, weights: [] });
      });

      it(ruleCase.folds ? 'folds, to the same bits and report' : 'does not fold', () => {
        const { fold } = rule;
        expect(fold !== undefined).to.equal(ruleCase.folds);
        if (fold === undefined) return;
        for (const count of [1, 2, 5]) {
          for (const withOwn of [true, false]) {
            if (!withOwn && ruleCase.choice['target'] === 'self') continue;
            const { received, own, ...rest } = someInput(count);
            const setting = { ...rest, ...(withOwn && own && { own }) };
            let accumulator = fold.start();
            for (const model of received) {
              fold.add(accumulator, model);
              accumulator = structuredClone(accumulator);
            }
            const folded = fold.finish(accumulator, setting);
            const merged = rule.merge({ received, ...setting });
            expect(bits(folded.weights)).to.equal(bits(merged.weights));
            expect({ ...folded, weights: [] }).to.deep.equal({ ...merged, weights: [] });
          }
        }
      });

      it('gives the same bits into the own model, and without copying where all lie in one memory', () => {
        const expected = bits(rule.merge(someInput(3)).weights);
        const input = someInput(3);
        const into = input.own?.weights ?? new Float32Array();
        expect(bits(rule.merge({ ...input, into }).weights)).to.equal(expected);
        expect(bits(into)).to.equal(expected);
        const resident = inOneMemory(someInput(3));
        expect(rule.merge(resident).weights).to.equal(resident.into);
        expect(bits(resident.into ?? into)).to.equal(expected);
      });

      it('keeps the own model where nothing came in', () => {
        const { own } = someInput(0);
        expect(bits(rule.merge(someInput(0)).weights)).to.equal(bits(own?.weights ?? new Float32Array()));
      });

      it('is brought nothing by an empty part', () => {
        const empty = {
          weights: new Float32Array(),
          samples: 5,
          age: 99,
          part: { coordinates: new Uint32Array() },
        };
        const input = someInput(3);
        const merged = rule.merge({ ...input, received: [empty, ...input.received] });
        expect(bits(merged.weights)).to.equal(bits(rule.merge(input).weights));
        const accumulator = rule.fold?.start();
        if (accumulator !== undefined) rule.fold?.add(accumulator, empty);
        expect(accumulator).to.deep.equal(rule.fold?.start());
      });

      it('keeps the oldest age', () => {
        expect(rule.merge(someInput(4)).age).to.equal(15);
      });

      it('merges a part that is everything like the whole', () => {
        const input = someInput(3);
        const expected = bits(rule.merge(input).weights);
        const range = { start: 0, end: mixed.length };
        const list = { coordinates: Uint32Array.from({ length: mixed.length }, (_, i) => i) };
        for (const part of [range, list]) {
          const received = input.received.map((model) => ({ ...model, part }));
          expect(bits(rule.merge({ ...input, received }).weights)).to.equal(expected);
        }
      });

      it('merges messages of one part together, of several parts one after another, in a fold as well', () => {
        const input = someInput(4);
        const parts = [
          { start: 100, end: 16_700 },
          { coordinates: Uint32Array.of(0, 1, 2, 5, 99, 101, 300, 16_637, 16_640, 16_650, 16_799) },
        ];
        const cut = (index: number, which: number) => {
          const { weights, ...rest } = input.received[index];
          const part = parts[which];
          const numbers =
            part.coordinates === undefined
              ? weights.slice(part.start, part.end)
              : Float32Array.from(part.coordinates, (i) => weights[i]);
          return { ...rest, weights: numbers, part };
        };
        const [a, b, c, d] = [cut(0, 0), cut(1, 1), cut(2, 0), cut(3, 1)];
        const merged = rule.merge({ ...input, received: [a, b, c, d] });
        const { weights } = rule.merge({ ...input, received: [a, c] });
        const own = { ...(input.own ?? a), weights };
        const second = rule.merge({ ...input, own, received: [b, d] });
        expect(bits(merged.weights)).to.equal(bits(second.weights));
        for (const i of [3, 50, 16_777]) expect(merged.weights[i]).to.equal(input.own?.weights[i]);
        const { fold } = rule;
        if (fold === undefined) return;
        const accumulator = fold.start();
        for (const model of [a, b, c, d]) fold.add(accumulator, model);
        expect(bits(fold.finish(accumulator, input).weights)).to.equal(bits(merged.weights));
      });

      it('refuses models of another length, and having nothing to merge', () => {
        const input = someInput(2);
        const short = new Float32Array(3);
        expect(() => rule.merge({ ...input, received: [{ weights: short, samples: 1, age: 0 }] })).to.throw(
          `received model 1 has 3 weights; this merge takes ${mixed.length}`,
        );
        expect(() => rule.merge({ ...input, own: { weights: short, samples: 1 } })).to.throw('the own model');
        expect(() => rule.merge({ received: [] })).to.throw('nothing to merge');
      });
    });
  }
});
