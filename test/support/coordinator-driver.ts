/** A coordinator driven by hand: events in, effects out, on a clock that the test moves. */
import type { FederatedAlgorithm } from '../../algorithms/index.js';
import { update as updateWork } from '../../execution/index.js';
import { wasmEngine } from '../../learning/index.js';
import { decodeVector, type MessageOf, type ToCoordinator, type ToWorker } from '../../protocol/index.js';
import { buildFederation, parseRecipe, type Federation } from '../../recipe/index.js';
import {
  Coordinator,
  defaultSettings,
  newWorkerRecords,
  type CoordinatorCheckpoint,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorSettings,
  type WorkerRecords,
} from '../../server/index.js';
import { tinyRecipe } from './network.js';
import { plainHello } from './plain-hello.js';

export type Task = MessageOf<'task'>;
type Update = MessageOf<'update'>;

export class CoordinatorDriver {
  readonly federation: Federation;
  coordinator: Coordinator;
  now = 0;
  /** Everything that was to be done, in order. */
  readonly effects: CoordinatorEffect[] = [];
  members: WorkerRecords = newWorkerRecords('run', 'key');
  checkpoint: CoordinatorCheckpoint | undefined;
  readonly #settings: CoordinatorSettings;
  readonly #algorithm: FederatedAlgorithm;
  #connections = 0;

  constructor(fields: Readonly<Record<string, unknown>> = {}, settings: Partial<CoordinatorSettings> = {}) {
    this.federation = buildFederation(parseRecipe(tinyRecipe(fields)));
    const { algorithm } = this.federation;
    if (algorithm.family !== 'federated') throw new Error('the recipe is of a federated algorithm');
    this.#algorithm = algorithm;
    this.#settings = { ...defaultSettings, ...settings };
    this.coordinator = this.#start();
  }

  /** A new coordinator that goes on from what was persisted. */
  restart(): void {
    this.effects.length = 0;
    this.coordinator = this.#start();
  }

  #start(): Coordinator {
    const coordinator = new Coordinator({
      federation: this.federation,
      algorithm: this.#algorithm,
      settings: this.#settings,
      members: this.members,
      checkpoint: this.checkpoint,
    });
    this.#perform(coordinator.start(this.now), coordinator);
    return coordinator;
  }

  tell(event: CoordinatorEvent): void {
    this.#perform(this.coordinator.handle(event, this.now), this.coordinator);
  }

  /** Writing and evaluating succeed at once. */
  #perform(effects: readonly CoordinatorEffect[], coordinator: Coordinator): void {
    this.effects.push(...effects);
    const after = (event: CoordinatorEvent) => {
      this.#perform(coordinator.handle(event, this.now), coordinator);
    };
    for (const effect of effects) {
      if (effect.kind === 'persistWorkers') {
        this.members = effect.members;
        after({ kind: 'workersPersisted', version: effect.members.version });
      } else if (effect.kind === 'persistProgress' && 'progress' in effect.content) {
        this.checkpoint = effect.content;
        after({ kind: 'progressPersisted', round: effect.round, tookMs: 0 });
      } else if (effect.kind === 'evaluate') {
        const { round, on } = effect;
        const events = on.map((set) => ({
          type: 'evaluation' as const,
          round,
          on: set,
          accuracy: 0.5,
          loss: 1,
        }));
        after({ kind: 'evaluated', round, events });
      } else if (effect.kind === 'finish') after({ kind: 'finished' });
    }
  }

  connect(): number {
    const connection = ++this.#connections;
    this.tell({ kind: 'connected', connection });
    return connection;
  }

  send(connection: number, message: ToCoordinator): void {
    this.tell({ kind: 'message', connection, message });
  }

  /** Says the first message of a handshake. */
  greet(connection: number, hello: Partial<MessageOf<'hello'>> = {}): void {
    this.send(connection, { ...plainHello('a test'), ...hello });
  }

  /** A worker that has said all that the handshake wants. */
  join(hello: Partial<MessageOf<'hello'>> = {}): { connection: number; welcome: MessageOf<'welcome'> } {
    const connection = this.connect();
    this.greet(connection, hello);
    const welcome = this.sent(connection, 'welcome').at(-1);
    if (welcome === undefined)
      throw new Error(`no welcome, but ${JSON.stringify(this.sent(connection, 'goodbye'))}`);
    this.send(connection, { kind: 'ready', hashes: welcome.hashes });
    return { connection, welcome };
  }

  /** What a connection was sent of a kind. */
  sent<Kind extends ToWorker['kind']>(connection: number, kind: Kind): Extract<ToWorker, { kind: Kind }>[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'send' && effect.connection === connection && isOf(effect.message, kind)
        ? [effect.message]
        : [],
    );
  }

  /** The events of rounds that are over. */
  get rounds() {
    return this.effects.flatMap((effect) =>
      effect.kind === 'event' && effect.event.type === 'round' ? [effect.event] : [],
    );
  }

  get #train() {
    return updateWork.prepare(this.federation, wasmEngine(), { index: 0, memories: [] });
  }

  /** The honest answers to a task whose vectors came along. */
  answers(task: Task): Update[] {
    const train = this.#train;
    return task.to.map(({ client, attempt, header, vectors }) => {
      const decoded = Object.entries(vectors).map(([name, place]) => {
        const tensor = task.tensors.get(place);
        if (tensor === undefined) throw new Error(`the task lacks its tensor ${place}`);
        return [name, decodeVector(tensor, tensor.length)] as const;
      });
      const message = { header, vectors: Object.fromEntries(decoded) };
      const { answer, tensors } = train({ client, message, clientState: undefined });
      return {
        kind: 'update',
        round: task.round,
        client,
        attempt,
        samples: answer.samples,
        steps: answer.steps,
        header: answer.header,
        scalars: answer.scalars,
        vectors: Object.fromEntries(Object.keys(tensors).map((name) => [name, name])),
        tensors: new Map(Object.entries(tensors)),
      };
    });
  }
}

const isOf = <Kind extends ToWorker['kind']>(
  message: ToWorker,
  kind: Kind,
): message is Extract<ToWorker, { kind: Kind }> => message.kind === kind;
