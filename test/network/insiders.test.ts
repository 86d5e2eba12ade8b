/**
 * A worker that has the token, and sends anything: each field of each message of a run is mutated, one at a time. Whatever
 * it is, honest workers end in the right weights and metrics, and the log names who sent it; what an insider may say within
 * its bounds is listed here.
 */
import { expect } from 'chai';
import type { MessageKind } from '../../protocol/index.js';
import { insiderScenarios, type InsiderScenario } from '../support/insider-scenarios.js';
import { mutatedRuns, type Selection } from '../support/insider-runs.js';
import { coordinatorWith, removeMutants } from '../support/mutants.js';
import { isSampled } from '../support/sampling.js';

/** The probability that a mutation is in the sample. */
const SAMPLED = 0.1;

/** Mutations that are somebody's own to say: the run ends otherwise than without them, in finite weights. */
const otherRuns: readonly (readonly [mutation: RegExp, why: string])[] = [
  [/^update tensors\.v\d: (values|scales|places): /, 'finite values within their bounds: poisoning'],
  [/^update (vectors\.delta|tensors\.v\d): swapped with /, 'the same, of two vectors of one length'],
  [/^update scalars\.loss: (?!.*e\+?(308|999))/, 'the loss is for the metrics, within the range of float32'],
  [/^update header\.classCounts: the other way round/, 'which of its examples are of which class'],
  [
    /^evaluated results\.\d\.correct: (zero|one more|one less|wrong type: 1)$/,
    'within 0 and the predictions',
  ],
  [
    /^evaluated results\.\d\.lossSum: wrong type: null$/,
    'a loss that is not finite: the client has no result',
  ],
  [/^task to\.\d\.vectors\.\w+: (another|swapped with \w+)$/, 'the coordinator says what is trained'],
  [/^task to\.\d\.header\.(told\.mu: |assignment: the other way round)/, 'the same, within bounds'],
  [/^hello claim\.ranges\.0\.(0: one more|1: zero)$/, 'it claims fewer clients: nobody has the others yet'],
];

const anyText = '(empty|shorter|longer|another|upper case|a control character|a path|wrong type: "x")';
const anyCount = '(zero|one more|one less|huge: \\d+|wrong type: 1|swapped with \\w+)';

/** Mutations that change nothing, so that nobody need speak of them. */
const sameRuns: readonly (readonly [mutation: RegExp, why: string])[] = [
  [RegExp(`^hello software: ${anyText}$`), 'for the log'],
  [RegExp(`^hello encodings(\\.\\d: ${anyText}|: .*)$`), 'one that the recipe does not need'],
  [
    /^hello (holds|pending|checkpoints|epoch): /,
    'of gossip, or about vectors and tasks that there are none of',
  ],
  [
    /^ready hashes\.(partition|weights): (another|swapped with partition)$/,
    'it is sent what it should have made',
  ],
  [/^(ping|pong) progress(: missing|\.\w+: )/, 'for whoever asks'],
  [RegExp(`^(ping|pong) id: ${anyCount}$`), 'the number of a ping is its sender’s'],
  [RegExp(`^goodbye sentence: ${anyText}$`), 'for the log'],
  [/^goodbye retryAfterMs: /, 'for workers'],
  [RegExp(`^failed sentence: ${anyText}$`), 'for the log, where it is'],
  [/^evaluated results: the other way round$/, 'in any order'],
  [/^evaluated results\.\d\.lossSum: /, 'it is in no metric'],
  [/^update tensors\.v\d: values: /, 'a value that is multiplied by zero'],
  [
    /^update (round: one less|client: (zero|swapped with attempt))$/,
    'it looks like one that has come before',
  ],
  [/^failed round: (zero|swapped with (client|attempt))$/, 'of a round that is over'],
  [
    /^evaluated (id: zero|results: (empty|shorter))$/,
    'of an evaluation that is over; the rest is waited for',
  ],
  [/^welcome (run|secret): /, 'the worker keeps it for its next hello'],
  [/^welcome (mixed|round|heartbeat|limits|hashes)/, 'within bounds; hashes are the worker’s own to make'],
  [/^welcome clients\.0\.1: one more$/, 'it is told which once it is ready'],
  [/^mismatch (clients|differs): /, 'the same in another order, or without what was right'],
  [/^(task|evaluate|mismatch) tensors\.\w+: there twice$/, 'a tensor that nothing names'],
  [/^(task to|evaluate clients): the other way round$/, 'in any order'],
  [/^evaluate (round: |model: missing)/, 'it says how long vectors are held; the recipe’s model'],
  [RegExp(`^accepted (round|client|attempt): ${anyCount}$`), 'of a task that there is not'],
  [/^committed /, 'within bounds, to a worker whose clients keep nothing'],
];

const isAmong = (list: typeof sameRuns, name: string) => list.some(([mutation]) => mutation.test(name));

/** What is wrong in a scenario's runs, each with its mutation. */
async function* wrongIn(scenario: InsiderScenario, selection: Selection): AsyncGenerator<string, void> {
  for await (const { name, isSame, isTold, violation } of mutatedRuns(scenario, selection)) {
    if (violation !== undefined) {
      if (!/^hello claim/.test(name) || !isAmong(otherRuns, name)) yield `${name}: ${violation}`;
    } else if (!isSame && !isAmong(otherRuns, name)) yield `${name}: the run is another`;
    else if (isSame && !isTold && !isAmong([...sameRuns, ...otherRuns], name))
      yield `${name}: nobody speaks of it`;
  }
}

describe('an insider', function () {
  this.timeout(600_000);
  const scenarios = insiderScenarios();
  after(removeMutants);

  /** Of these it is known which frames are no messages. */
  const known = new Set<MessageKind>();
  for (const scenario of scenarios) {
    it(`costs nobody but itself: ${scenario.name}`, async () => {
      const wrong: string[] = [];
      const wanted = (mutation: string) => isSampled(`${scenario.name}: ${mutation}`, SAMPLED);
      for await (const one of wrongIn(scenario, { wanted, refused: new Set(known) })) wrong.push(one);
      for (const { kind } of scenario.targets) known.add(kind);
      expect(wrong).to.deep.equal([]);
    });
  }

  describe('is found to cost others where a check is missing:', () => {
    const scenarioOf = (name: string) => {
      const found = scenarios.find((scenario) => scenario.name === name);
      if (found === undefined) throw new Error(`there is no scenario ${name}`);
      return found;
    };
    const isFound = async (name: string, coordinator: Selection['coordinator'], wanted: RegExp) => {
      const found = wrongIn(scenarioOf(name), { coordinator, wanted: (mutation) => wanted.test(mutation) });
      return (await found.next()).done !== true;
    };
    const updates = ['server/check-update', 'server/update-validator', 'server/task-dispatcher'];

    for (const [what, name, path, right, wrong, wanted] of [
      ['of sums', 'fedavg', updates, 'if (size < bound)', 'if (true)', /^update tensors/],
      ['of scalars', 'fedavg', updates, '< LARGEST_SCALAR', '< Infinity', /^update scalars/],
      [
        'of steps, scalars and headers',
        'fednova',
        updates,
        'expected.refuse(answer)',
        'undefined',
        /^update (steps|scalars)/,
      ],
      ['of headers', 'fedma', updates, 'expected.refuse(answer)', 'undefined', /^update header/],
      [
        'of numbers of examples',
        'fedavg',
        updates,
        'if (samples !== expected.samples)',
        'if (false)',
        /^update samples/,
      ],
      [
        ...(['of evaluations', 'evaluations on clients'] as const),
        ['server/check-evaluation', 'server/model-evaluation', 'server/evaluation-collector'],
        ...(['if (correct > count)', 'if (false)', /^evaluated/] as const),
      ],
      [
        ...(['of claims', 'handshakes'] as const),
        ['server/client-assignments', 'server/connection-manager'],
        ...(['refuseOthers(clients, allows);', ';', /^hello claim/] as const),
      ],
    ] as const) {
      it(what, async () => {
        const coordinator = await coordinatorWith(path, right, wrong);
        expect(await isFound(name, coordinator, wanted)).to.equal(true);
      });
    }
  });
});
