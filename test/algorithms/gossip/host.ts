/**
 * A host for tests: performs what nodes decide one after another on small vectors, in synchronous rounds or with
 * wake-ups in a virtual order of periods. Messages are delivered at once; nothing is shared between nodes.
 */
import { algorithms, SNAPSHOT, WEIGHTS } from '../../../algorithms/index.js';
import type {
  Algorithm,
  AlgorithmContext,
  Effect,
  GossipAlgorithm,
  Message,
  Term,
  View,
} from '../../../algorithms/index.js';
import {
  learningRate,
  momentNames,
  putStatistics,
  takeStep,
  type Engine,
  type Examples,
  type Model,
  type OptimizerState,
} from '../../../learning/index.js';
import { mergeRules, takePart, tensorVariances } from '../../../merging/index.js';
import { permutation, stream } from '../../../numerics/index.js';
import type { Choice } from '../../../registry/index.js';
import { mixing, mixingRow, neighbours, type Topology } from '../../../topologies/index.js';

/** @throws TypeError where the choice is of another family */
export function gossiper(choice: Choice, synchronous = true): Extract<Algorithm, { family: 'gossip' }> {
  const context: AlgorithmContext = { synchronous };
  const algorithm = algorithms.create(choice, context);
  if (algorithm.family !== 'gossip') throw new TypeError(`'${choice.kind}' is not a gossip algorithm`);
  return algorithm;
}

export interface Setting {
  readonly topology: Topology;
  readonly mixing?: Choice;
  readonly model: Model;
  /** A model for all nodes, or one for each. */
  readonly weights: Float32Array | readonly Float32Array[];
  readonly shards: readonly Examples[];
  readonly engine: Engine;
  readonly seed?: number;
  /** Whether a message is lost. */
  readonly loses?: (from: number, to: number, round: number) => boolean;
}

export interface Node {
  control: unknown;
  readonly vectors: Map<string, Float32Array>;
  round: number;
  /** For training: whatever the node's optimizer and place in its examples are. */
  optimizerState?: OptimizerState;
  cursor: { epoch: number; position: number };
  sequence: number;
  inbox: Delivered[];
}

export interface Delivered extends Message {
  readonly to: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

export interface Host {
  readonly nodes: readonly Node[];
  /** Everything that was sent so far. */
  readonly sent: readonly Delivered[];
  view(node: number): View;
  weights(node: number): Float32Array;
  /** Runs rounds in which all wake, then all receive. */
  rounds(count: number): Host;
  /** Wakes one node, and lets messages find their way until none is due. */
  wake(node: number): Host;
}

export function hostOf(algorithm: GossipAlgorithm, setting: Setting): Host {
  const { topology, model, shards, engine, seed = 1 } = setting;
  const { manifest } = model;
  const isRunning = manifest.tensors.flatMap(({ role, size }) =>
    new Array<boolean>(size).fill(role === 'norm.mean' || role === 'norm.var'),
  );
  const own = (node: number) =>
    setting.weights instanceof Float32Array ? setting.weights : setting.weights[node];
  const nodes: Node[] = shards.map((_, node) => ({
    control: undefined,
    vectors: new Map([
      [WEIGHTS, Float32Array.from(own(node))],
      ...(algorithm.vectors ?? []).map((name) => [name, new Float32Array(manifest.length)] as const),
    ]),
    round: 0,
    cursor: { epoch: 0, position: 0 },
    sequence: 0,
    inbox: [],
  }));
  const sent: Delivered[] = [];
  const rules = { manifest, initialVariance: tensorVariances({ values: own(0), manifest }) };
  const streamOf: View['streamOf'] = (node, round, ...name) =>
    stream(seed, 'node', node, 'round', round, ...name);

  const view = (node: number): View => {
    const { round } = nodes[node];
    const graph = topology.at(round);
    const matrix = (kind: string) => mixing.create({ kind }, graph);
    return {
      node,
      nodes: nodes.length,
      round,
      samples: shards[node].count,
      model,
      out: neighbours(graph.out, node),
      in: neighbours(graph.in, node),
      neighboursOf: (other) => ({ out: neighbours(graph.out, other), in: neighbours(graph.in, other) }),
      mixing: () => mixingRow(mixing.create(setting.mixing ?? { kind: 'uniform' }, graph), node),
      shares: () => {
        const columns = setting.mixing ? mixing.create(setting.mixing, graph) : matrix('column-stochastic');
        const out = Array.from(neighbours(graph.out, node), (to) => {
          const row = mixingRow(columns, to);
          return row.weights[row.neighbours.indexOf(node)];
        });
        return { self: mixingRow(columns, node).self, out };
      },
      stream: (...name) => stream(seed, 'own', node, 'round', round, ...name),
      streamOf,
    };
  };

  const vector = (node: number, name: string): Float32Array => {
    const values = nodes[node].vectors.get(name);
    if (values === undefined) throw new Error(`the algorithm declares no vector '${name}'`);
    return values;
  };

  const order = (node: number) => (epoch: number) =>
    permutation(stream(seed, 'order', node, epoch), shards[node].count);

  function train(node: number, effect: Effect & { kind: 'train' }): void {
    const state = nodes[node];
    const { optimizer, batchSize, amount } = effect;
    const trained = engine.train({
      model,
      weights: vector(node, WEIGHTS),
      examples: shards[node],
      order: order(node),
      batchSize,
      amount,
      optimizer,
      cursor: state.cursor,
      chance: (step) => [node, state.cursor.position + step],
      rate: (step) =>
        learningRate(optimizer, { round: state.round, step: (state.optimizerState?.steps ?? 0) + step }),
      ...(state.optimizerState && { optimizerState: state.optimizerState }),
      ...(effect.clip && { clip: effect.clip }),
    });
    state.vectors.set(WEIGHTS, trained.weights);
    state.cursor = trained.cursor;
    if (trained.optimizerState !== undefined) state.optimizerState = trained.optimizerState;
  }

  function gradient(node: number, { batchSize, into }: Effect & { kind: 'gradient' }): void {
    const [state, shard] = [nodes[node], shards[node]];
    const { epoch, position } = state.cursor;
    const batch = order(node)(epoch).subarray(
      position,
      batchSize === 'all' ? shard.count : position + batchSize,
    );
    const examples: Examples = {
      ...shard,
      count: batch.length,
      copyInput: (index, bytes, at) => {
        shard.copyInput(batch[index], bytes, at);
      },
      label: (index) => shard.label(batch[index]),
    };
    const pass = engine.gradient(model, vector(node, WEIGHTS), examples, [node, position]);
    state.vectors.set(into, pass.gradient);
    if (pass.statistics.length > 0) putStatistics(manifest, pass.statistics, vector(node, WEIGHTS));
    const next = position + batch.length;
    state.cursor = next < shard.count ? { epoch, position: next } : { epoch: epoch + 1, position: 0 };
  }

  function merge(node: number, effect: Effect & { kind: 'merge' }, messages: readonly Delivered[]): void {
    const rule = mergeRules.create(effect.rule, rules);
    const merged = rule.merge({
      own: { ...effect.own, weights: vector(node, WEIGHTS) },
      ...(effect.share !== undefined && { share: effect.share }),
      received: effect.received.map(({ message, ...standing }) => ({
        ...standing,
        weights: received(messages[message], WEIGHTS),
      })),
    });
    nodes[node].vectors.set(WEIGHTS, merged.weights);
  }

  function sumOf(node: number, terms: readonly Term[], messages: readonly Delivered[]): Float64Array {
    const sum = new Float64Array(manifest.length);
    for (const { coefficient, statistics = coefficient, of } of terms) {
      const values = 'own' in of ? vector(node, of.own) : received(messages[of.message], of.vector);
      values.forEach((value, i) => (sum[i] += (isRunning[i] ? statistics : coefficient) * value));
    }
    return sum;
  }

  function combine(node: number, effect: Effect & { kind: 'combine' }, messages: readonly Delivered[]): void {
    if (effect.into !== SNAPSHOT) vector(node, effect.into);
    nodes[node].vectors.set(effect.into, Float32Array.from(sumOf(node, effect.terms, messages)));
  }

  function step(
    node: number,
    { along, optimizer, clip }: Effect & { kind: 'step' },
    messages: readonly Delivered[],
  ): void {
    const state = nodes[node];
    const zeros = () => new Float32Array(manifest.length);
    const { steps, moments } = state.optimizerState ?? {
      steps: 0,
      moments: Object.fromEntries(momentNames(optimizer).map((name) => [name, zeros()])),
    };
    const rate = learningRate(optimizer, { round: state.round, step: steps });
    const gradient = sumOf(node, along, messages).map((g, i) => (isRunning[i] ? 0 : g));
    const weights = vector(node, WEIGHTS);
    const before = weights.slice();
    takeStep({ weights, gradient, optimizer, rate, steps, moments, clip });
    before.forEach((value, i) => {
      if (isRunning[i]) weights[i] = value;
    });
    state.optimizerState = { steps: steps + 1, moments };
  }

  function send(node: number, { to, header, vectors, part }: Effect & { kind: 'send' }): void {
    const state = nodes[node];
    const copy = (values: Float32Array) => Float32Array.from(part ? takePart(values, part) : values);
    const message: Delivered = {
      from: node,
      to,
      round: state.round,
      sequence: state.sequence++,
      header,
      vectors: new Map(vectors.map((name) => [name, copy(vector(node, name))])),
    };
    sent.push(message);
    if (setting.loses?.(node, to, state.round) !== true) nodes[to].inbox.push(message);
  }

  function perform(node: number, effects: readonly Effect[], messages: readonly Delivered[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'train':
          train(node, effect);
          break;
        case 'gradient':
          gradient(node, effect);
          break;
        case 'merge':
          merge(node, effect, messages);
          break;
        case 'combine':
          combine(node, effect, messages);
          break;
        case 'step':
          step(node, effect, messages);
          break;
        case 'send':
          send(node, effect);
      }
    }
  }

  function open(node: number): void {
    const { control, effects } = algorithm.wake(nodes[node].control, view(node));
    nodes[node].control = control;
    perform(node, effects, []);
  }

  function handOver(node: number, messages: readonly Delivered[]): void {
    const sorted = messages.toSorted((a, b) => a.from - b.from || a.sequence - b.sequence);
    const bare = sorted.map(({ to: _, vectors: __, ...message }) => message);
    const { control, effects } = algorithm.receive(nodes[node].control, bare, view(node));
    nodes[node].control = control;
    perform(node, effects, sorted);
  }

  /** Hands over what is due to a node outside rounds. */
  function settle(node: number): boolean {
    const { inbox } = nodes[node];
    const { expects } = algorithm;
    const due = expects.kind === 'count' ? expects.count(view(node)) : 1;
    if (inbox.length < due) return false;
    handOver(node, inbox.splice(0, due));
    return true;
  }

  const all = [...nodes.keys()];
  all.forEach((node) => (nodes[node].control = algorithm.start(view(node))));
  const host: Host = {
    nodes,
    sent,
    view,
    weights: (node) => vector(node, WEIGHTS),
    rounds(count) {
      const { expects } = algorithm;
      if (expects.kind !== 'round') throw new Error('the algorithm does not go by rounds');
      for (let round = 0; round < count; round++) {
        all.forEach(open);
        for (const node of all) {
          const { inbox } = nodes[node];
          const due = Array.from(expects.from?.(view(node)) ?? view(node).in);
          const lost = due.filter((from) => setting.loses?.(from, node, nodes[node].round));
          const unexpected = inbox.filter(({ from }) => !due.includes(from));
          const came = inbox.length - unexpected.length;
          const wanted = (due.length - lost.length) * (expects.messages ?? 1);
          if (unexpected.length > 0 || came !== wanted) {
            throw new Error(
              `node ${node} expects ${wanted} messages: ${came} came, and ${unexpected.length} more`,
            );
          }
        }
        // What is sent while others receive is of a later round; synchronous algorithms send nothing then.
        for (const node of all) handOver(node, nodes[node].inbox.splice(0));
        nodes.forEach((node) => node.round++);
      }
      return host;
    },
    wake(node) {
      open(node);
      while (all.some(settle));
      nodes[node].round++;
      return host;
    },
  };
  return host;
}

/** A number of a node's control. */
export function numberOf({ control }: Node, name: string): number {
  const entries = typeof control === 'object' && control !== null ? Object.entries(control) : [];
  const value: unknown = new Map<string, unknown>(entries).get(name);
  if (typeof value === 'number') return value;
  throw new TypeError(`a control without a number '${name}'`);
}

function received({ vectors }: Delivered, name: string): Float32Array {
  const values = vectors.get(name);
  if (values === undefined) throw new Error(`the message carries no vector '${name}'`);
  return values;
}
