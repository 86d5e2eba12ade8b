/** Shakespeare and FEMNIST in LEAF's JSON. */
import { expect } from 'chai';
import { datasets, labelsOf } from '../../data/index.js';
import { input, temporaryFolder } from './stored.js';

type Users = Record<string, { x: unknown[]; y: unknown[] }>;

const leaf = (users: Users) =>
  JSON.stringify({
    users: Object.keys(users),
    num_samples: Object.values(users).map(({ y }) => y.length),
    user_data: users,
  });

const line = (start: string) => start.padEnd(80, '.');
const image = (value: number) => new Array<number>(784).fill(value);

describe('LEAF', () => {
  const home = temporaryFolder();
  const make = (kind: string) => datasets.create({ kind }, { seed: 1, home: home.path });

  describe('shakespeare', () => {
    beforeEach(() => {
      home.write('shakespeare/train/b.json', leaf({ HAMLET: { x: [line('To be')], y: ['o'] } }));
      home.write(
        'shakespeare/train/a.json',
        leaf({ PUCK: { x: [line('\nLord,'), line('what')], y: ['}', '\n'] } }),
      );
      home.write(
        'shakespeare/test/a.json',
        leaf({ HAMLET: { x: [line('or')], y: [' '] }, LEAR: { x: [line('N')], y: ['e'] } }),
      );
    });

    it('reads files in the order of their names, roles as owners, in the alphabet of LEAF', () => {
      const { train, test, owners, classes, classNames, checksums } = make('shakespeare');
      expect([train.count, test.count, classes]).to.deep.equal([3, 2, 80]);
      expect(owners).to.deep.equal(['PUCK', 'HAMLET']);
      expect([...(train.owner ?? [])]).to.deep.equal([0, 0, 1]);
      expect([...(test.owner ?? [])]).to.deep.equal([1, -1]);
      expect([...labelsOf(train)]).to.deep.equal([79, 0, classNames?.indexOf('o')]);
      const text = Array.from(input(train, 2), (token) => classNames?.[token]).join('');
      expect(text).to.equal(line('To be'));
      expect(train.input).to.deep.equal({ shape: [80], type: 'uint8', scale: 1, shift: 0 });
      expect(Object.keys(checksums)).to.deep.equal(['train/a.json', 'train/b.json', 'test/a.json']);
    });

    const wrong: Record<string, [content: string, complaint: RegExp]> = {
      'cut JSON': ['{"users": ["A"', /a\.json' is not whole JSON/],
      'another form': ['{"users": ["A"], "data": {}}', /a\.json' is not in LEAF's form: user_data/],
      'a user without data': ['{"users": ["A"], "user_data": {}}', /lists user 'A' but has no data/],
      'unequal numbers': [leaf({ A: { x: [line('a')], y: [] } }), /user 'A' has 1 inputs and 0 labels/],
      'a short text': [
        leaf({ A: { x: ['abc'], y: ['d'] } }),
        /user 'A': "abc" is not a text of 80 characters/,
      ],
      'a number for a text': [
        leaf({ A: { x: [7], y: ['d'] } }),
        /user 'A': 7 is not a text of 80 characters/,
      ],
      'a foreign character': [
        leaf({ A: { x: [line('é')], y: ['d'] } }),
        /the character "é" is not in the alphabet/,
      ],
    };
    for (const [what, [content, complaint]] of Object.entries(wrong)) {
      it(`refuses ${what}`, () => {
        home.write('shakespeare/train/a.json', content);
        expect(() => make('shakespeare')).to.throw(complaint);
      });
    }
  });

  describe('femnist', () => {
    it('keeps grey values as bytes', () => {
      home.write('femnist/train/a.json', leaf({ f1: { x: [image(1), image(128 / 255)], y: [0, 61] } }));
      home.write('femnist/test/a.json', leaf({ f1: { x: [image(0)], y: [10] } }));
      const { train, test, owners, classes } = make('femnist');
      expect([train.count, test.count, classes, owners]).to.deep.equal([2, 1, 62, ['f1']]);
      expect(train.input.shape).to.deep.equal([28, 28, 1]);
      expect([0, 1].map((i) => new Set(input(train, i)))).to.deep.equal([new Set([255]), new Set([128])]);
      expect([...labelsOf(train), ...labelsOf(test)]).to.deep.equal([0, 61, 10]);
    });

    it('refuses values and labels that LEAF does not have', () => {
      home.write('femnist/test/a.json', leaf({}));
      const refuse = (x: unknown, y: unknown, complaint: RegExp) => {
        home.write('femnist/train/a.json', leaf({ f1: { x: [x], y: [y] } }));
        expect(() => make('femnist')).to.throw(complaint);
      };
      refuse(image(0.5), 0, /user 'f1': 0.5 is not a grey value divided by 255/);
      refuse(image(2), 0, /user 'f1': 2 is not a grey value/);
      refuse([0.5], 0, /not a list of 784 numbers/);
      refuse(image(0), 62, /62 is not a label from 0 to 61/);
      refuse(image(0), '3', /"3" is not a label/);
    });

    it('says how to make the files where they are missing', () => {
      expect(() => make('femnist')).to.throw(
        /FEMNIST: there are no \.json files in .*femnist\/train; LEAF makes the files: .*`murmur data import femnist FOLDER`/,
      );
    });
  });
});
