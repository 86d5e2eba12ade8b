import { expect } from 'chai';
import { EffectRunner } from '../../execution/host/index.js';
import { SystemError } from '../../errors/index.js';

type Event = 'work' | 'finish' | Error;
type Effect = 'log' | 'write' | 'send' | 'goodbye' | 'exit';

/** A machine that writes and sends, and what was performed of that before `failing` effects. */
function running(failing: Partial<Record<Effect, Error>>) {
  const performed: Effect[] = [];
  const effectsOf = (event: Event): Effect[] => {
    if (event instanceof Error) return ['log', 'goodbye', 'exit'];
    return event === 'work' ? ['log', 'write', 'send'] : ['exit'];
  };
  const runner: EffectRunner<Event, Effect, string> = new EffectRunner<Event, Effect, string>(
    { handle: effectsOf },
    {
      perform: (effect) => {
        const error = failing[effect];
        if (error) throw error;
        performed.push(effect);
        if (effect === 'exit') runner.exit('done');
      },
      hostFailed: (error) => error,
    },
  );
  return { runner, performed };
}

const full = () =>
  Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: 'metrics.jsonl' });

describe('the runner of effects', () => {
  it('performs effects in order, until the machine is done', async () => {
    const { runner, performed } = running({});
    runner.tell('work');
    runner.tell('finish');
    runner.tell('work');
    expect(performed).to.deep.equal(['log', 'write', 'send', 'exit']);
    expect(await runner.over).to.equal('done');
    expect(runner.failure).to.equal(undefined);
  });

  it('performs nothing after an effect that has failed but the goodbye, and ends with a sentence', async () => {
    const { runner, performed } = running({ write: full() });
    runner.tell('work');
    runner.tell('work');
    expect(performed).to.deep.equal(['log', 'log', 'goodbye', 'exit']);
    const error: unknown = await runner.over.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(SystemError).and.equal(runner.failure);
    expect(runner.failure?.message).to.include('the disk is full: metrics.jsonl could not be written');
  });

  it('ends where parts of the goodbye fail too, with the first failure', async () => {
    const { runner, performed } = running({ write: full(), log: new Error('the log is full') });
    runner.tell('work');
    expect(performed).to.deep.equal(['goodbye', 'exit']);
    const error: unknown = await runner.over.catch((thrown: unknown) => thrown);
    expect(String(error)).to.include('the log is full');
  });

  it('ends where the machine itself cannot handle events', async () => {
    const runner = new EffectRunner<string, never, undefined>(
      {
        handle: (event) => {
          throw new TypeError(`what is ${event}`);
        },
      },
      { perform: () => undefined, hostFailed: () => 'hostFailed' },
    );
    runner.tell('this');
    expect(String(await runner.over.catch((thrown: unknown) => thrown))).to.equal('TypeError: what is this');
  });

  it('counts a failure that comes late, but not one after the end', async () => {
    const late = running({});
    late.runner.tell('work');
    late.runner.fail(full());
    expect(late.performed.slice(-2)).to.deep.equal(['goodbye', 'exit']);
    const ended = running({});
    ended.runner.tell('finish');
    ended.runner.fail(full());
    expect(await ended.runner.over).to.equal('done');
  });
});
