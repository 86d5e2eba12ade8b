/** Shakespeare and FEMNIST in LEAF's JSON. */
import { expect } from 'chai';
import fc from 'fast-check';
import { jsonMembers } from '../../data/formats/json-members.js';
import { datasets, labelsOf } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
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

describe('members of a JSON text', () => {
  const read = (text: string, length: number, longest?: number) => {
    const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
      text.slice(i * length, (i + 1) * length),
    );
    return Array.from(jsonMembers(pieces, 'many', 't.json', longest));
  };

  it('are what JSON.parse finds, wherever the text is cut', () => {
    const members = fc.dictionary(fc.string(), fc.jsonValue());
    const spaces = fc.constantFrom(0, 1, '\t');
    fc.assert(
      fc.property(members, members, spaces, fc.integer({ min: 1, max: 20 }), (some, many, space, length) => {
        const file: unknown = JSON.parse(JSON.stringify({ ...some, many }));
        const found = read(JSON.stringify({ ...some, many }, null, space), length);
        const pairs = (streamed: boolean) =>
          Object.fromEntries(
            found.filter((one) => one.streamed === streamed).map(({ key, value }) => [key, value]),
          );
        expect({ ...pairs(false), many: pairs(true) }).to.deep.equal(file);
      }),
    );
  });

  it('are refused where the text is cut short, or one is too long to be read', () => {
    const text = '{"a": [1, "\\"]", {"b": null}], "many": {"c": "d", "e": -1.5e3}}';
    expect(read(text, 3)).to.have.length(4);
    for (let end = 0; end < text.length; end++) {
      expect(() => read(text.slice(0, end), 5), text.slice(0, end)).to.throw("'t.json' is not whole JSON");
    }
    for (const long of ['[1,2,3,4,5,6,7]', '"abcdefghijklmnopqrstuv"', '["abcdefghijklmnopqrstuv"]']) {
      expect(() => read(`{"many": {"user": ${long}}}`, 4, 10)).to.throw(
        /^'t\.json': '(user|a string)' has more than 10 characters/,
      );
    }
  });
});

describe('LEAF', () => {
  const home = temporaryFolder();
  const make = (kind: string) =>
    datasets.create({ kind }, { seed: 1, files: diskFiles({ home: home.path }) });

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
      'an empty file': ['', /a\.json' is not whole JSON/],
      'more after the end': ['{"users": [], "user_data": {}} {', /a\.json' is not whole JSON/],
      'a user listed twice': [
        '{"users": ["A", "A"], "user_data": {"A": {"x": [], "y": []}}}',
        /a\.json' lists user 'A' twice/,
      ],
      'a user with data twice': [
        '{"users": ["A"], "user_data": {"A": {"x": [], "y": []}, "A": {"x": [], "y": []}}}',
        /a\.json' has the key 'A' twice/,
      ],
      'a user of another file again': [
        leaf({ HAMLET: { x: [line('a')], y: ['b'] } }),
        /user 'HAMLET' is in '.*a\.json' and again in '.*b\.json'/,
      ],
      'data of a user who is not listed': [
        '{"users": [], "user_data": {"A": {"x": [], "y": []}}}',
        /has data of user 'A', who is not in its list of users/,
      ],
      'another number of examples': [
        leaf({ A: { x: [line('a')], y: ['b'] } }).replace('"num_samples":[1]', '"num_samples":[2]'),
        /num_samples states 2 examples of user 'A', who has 1/,
      ],
      'another form': ['{"users": ["A"], "data": {}}', /a\.json' is not in LEAF's format: user_data/],
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

  it('refuses a part without examples', () => {
    home.write('shakespeare/train/a.json', leaf({ A: { x: [line('a')], y: ['b'] } }));
    home.write('shakespeare/test/a.json', leaf({ A: { x: [], y: [] } }));
    expect(() => make('shakespeare')).to.throw(/there are no examples in '.*test\/a\.json'/);
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
