/** Whether a summary has exactly what a worker was asked of its nodes, in numbers that can be. */
import { positionsOf } from '../../learning/index.js';
import { numbersOf, ProtocolError, type MessageOf } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';

type Request = Pick<MessageOf<'summarize'>, 'sum' | 'tests' | 'measure' | 'digests'>;
type Summary = MessageOf<'summary'>;

/** Numbers of models are multiples of 2⁻³², and a mean loss is below 2³¹. */
const GRID = 2 ** 32;
const LARGEST_MEAN = 2 ** 31;
/** Exact sums have 64 bits, with their sign. */
const LARGEST_SUM = 2 ** 63;

/** Models of these nodes cannot be summed: training has diverged. */
export class UnsummableError extends Error {
  override name = 'UnsummableError';
}

/**
 * @param terms how many models are summed in all
 * @throws ProtocolError that names the field, or UnsummableError
 */
export function checkSummary(
  federation: Federation,
  request: Request | undefined,
  summary: Summary,
  terms: number,
): void {
  if (request === undefined) throw new ProtocolError('unexpected', 'a summary came that was not asked for');
  checkTested(federation, request, summary);
  checkMeasured(federation, request, summary);
  checkNodes('digests', summary.digests, nodesIn(request.digests));
  if (summary.diverged !== undefined && request.sum === undefined)
    throw wrong('diverged is there without a sum');
  checkSum(federation, request, summary, terms);
}

function checkSum(
  { model }: Federation,
  request: Request,
  { sum, tensors, diverged }: Summary,
  terms: number,
): void {
  const isExpected = request.sum !== undefined && diverged === undefined;
  if ((sum !== undefined) !== isExpected)
    throw wrong(`sum is ${isExpected ? 'missing' : 'there, and was not asked for'}`);
  const names = [...tensors.keys()].join();
  if (names !== (isExpected ? 'sum' : ''))
    throw wrong(`the tensors are '${names}'; they must be '${isExpected ? 'sum' : ''}'`);
  if (sum === undefined) return;
  const own = nodesIn(request.sum).length;
  const weight = BigInt(own) * BigInt(GRID);
  if (sum.terms !== own) throw wrong(`sum.terms is ${sum.terms}; it must be ${own}`);
  if (BigInt(sum.weights.sum) !== weight || BigInt(sum.weights.weight) !== weight) {
    throw wrong(`sum.weights is ${sum.weights.sum} of ${sum.weights.weight}; it must be ${weight}`);
  }
  const sums = numbersOf(tensors, 'sum', 'int64');
  const { length } = model.manifest;
  if (sums.length !== length)
    throw wrong(`the tensor 'sum' has ${sums.length} numbers; it must have ${length}`);
  if (!(sum.largest >= 0 && sum.largest < LARGEST_SUM)) throw wrong(`sum.largest is ${sum.largest}`);
  // What each worker can sum may be too large for all.
  if (sum.largest * terms >= LARGEST_SUM) throw new UnsummableError('the models are too large to be summed');
  // Terms are rounded to whole numbers.
  const most = BigInt(Math.ceil(sum.largest)) * BigInt(own);
  const largest = sums.reduce((size, value) => (value > size ? value : -value > size ? -value : size), 0n);
  if (largest > most)
    throw wrong(`the tensor 'sum' has a number of size ${largest}; by sum.largest it is at most ${most}`);
}

function checkTested({ partition, model }: Federation, { tests }: Request, { tested }: Summary): void {
  const missing = new Map(
    tests.flatMap(({ on, nodes, examples }) =>
      nodes.map((node): [string, number] => [
        `${on} ${node}`,
        on === 'own' ? partition.size(node) : examples,
      ]),
    ),
  );
  for (const { on, node, correct, count, lossSum } of tested) {
    const key = `${on} ${node}`;
    const examples = missing.get(key);
    if (examples === undefined)
      throw wrong(`tested has node ${node} on '${on}', which was not asked for, or twice`);
    missing.delete(key);
    const whose = `of node ${node} on '${on}'`;
    const predictions = examples * positionsOf(model);
    if (count !== predictions) throw wrong(`tested: count ${whose} is ${count}; it must be ${predictions}`);
    if (correct > count) throw wrong(`tested: correct ${whose} is ${correct}; it must be at most ${count}`);
    if (lossSum !== null && !(Math.abs(lossSum) <= LARGEST_MEAN * Math.max(count, 1))) {
      throw wrong(
        `tested: lossSum ${whose} is ${lossSum}; it must be at most ${LARGEST_MEAN} for each example`,
      );
    }
  }
  const [first] = missing.keys();
  if (missing.size > 0)
    throw wrong(`tested lacks ${missing.size} that were asked for, the first of them '${first}'`);
}

function checkMeasured({ model }: Federation, { measure }: Request, { measured }: Summary): void {
  checkNodes('measured', measured, nodesIn(measure));
  const { tensors, length } = model.manifest;
  // The squares of numbers that can be summed.
  const most = length * (2 * LARGEST_MEAN) ** 2;
  for (const { node, squaredDistance, variances } of measured) {
    const whose = `of node ${node}`;
    const isDistance = (value: number) => value >= 0 && value <= most;
    if (!isDistance(squaredDistance)) throw wrong(`measured: squaredDistance ${whose} is ${squaredDistance}`);
    if (variances.length !== tensors.length) {
      throw wrong(
        `measured: ${variances.length} variances ${whose} came; there are ${tensors.length} tensors`,
      );
    }
    const bad = variances.find((variance) => !isDistance(variance));
    if (bad !== undefined) throw wrong(`measured: variances ${whose} have ${bad}`);
  }
}

/** Each of the nodes once, whatever their order. */
function checkNodes(
  name: string,
  list: readonly { readonly node: number }[],
  nodes: readonly number[],
): void {
  const missing = new Set(nodes);
  for (const { node } of list) {
    if (!missing.delete(node)) throw wrong(`${name} has node ${node}, which was not asked for, or twice`);
  }
  const [first] = missing;
  if (missing.size > 0) throw wrong(`${name} lacks ${missing.size} nodes, the first of them ${first}`);
}

const nodesIn = (ranges: Request['sum'] = []): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

const wrong = (sentence: string) => new ProtocolError('malformed', `a summary is not right: ${sentence}`);
