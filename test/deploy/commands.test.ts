import { expect } from 'chai';
import { readRecord } from '../../records/host/index.js';
import { selfSigned } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { run, startMurmur } from '../support/murmur.js';
import { freePort, tinyRecipe } from '../support/network.js';
import { hasProgram, need } from '../support/requirements.js';
import { compose, deployed, jobOf, unit } from './files.js';

/** The commands of a deployment, with what its program puts for variables. */
interface Commands {
  readonly coordinator: readonly string[];
  readonly worker: readonly string[];
}

const containerArgs = (name: string) => jobOf(name).spec.template.spec.containers[0].args;

/** As systemd reads ExecStart: ${NAME} is one word, $NAME is split at spaces. */
function execStart(name: string, variables: Readonly<Record<string, string>>): string[] {
  const [program, ...words] = unit(name).get('ExecStart')?.at(-1)?.split(' ') ?? [];
  expect(program).to.equal('/usr/local/bin/murmur');
  return words.flatMap((word) => {
    const split = /^\$(\w+)$/.exec(word);
    if (split) return variables[split[1]].split(' ');
    return word.replace('%d', '/credentials').replace(/\$\{(\w+)\}/, (_, name: string) => variables[name]);
  });
}

/** The variables of an EnvironmentFile. */
const environmentFile = (name: string) =>
  Object.fromEntries(
    [...deployed(`systemd/${name}.conf`).matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );

const deployments: Readonly<Record<string, () => Commands>> = {
  'the systemd units': () => ({
    coordinator: execStart('murmur-coordinator', environmentFile('coordinator')),
    worker: execStart('murmur-worker', environmentFile('worker')),
  }),
  'the compose file': () => {
    const { coordinator, worker } = compose({ MURMUR_TOKEN: 'a-token' }).services;
    return { coordinator: coordinator.command, worker: worker.command };
  },
  'the Kubernetes manifests': () => ({
    coordinator: containerArgs('coordinator'),
    worker: containerArgs('workers'),
  }),
};

describe('the commands of the deployment files', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const token = folder.write('token', 'a-token\n');
  const recipe = folder.write('recipe.yaml', tinyRecipe());
  const [cert, key] = [folder.path('cert.pem'), folder.path('cert.key')];

  before(function () {
    need(this, 'openssl', hasProgram('openssl'));
    selfSigned(folder.path());
  });

  for (const [name, commandsOf] of Object.entries(deployments)) {
    it(`${name}: coordinator and worker run a recipe to its end`, async () => {
      const port = await freePort();
      const { coordinator, worker } = commandsOf();
      const out = folder.path(`${name} run`);
      const state = folder.path(`${name} state`);
      // The paths and addresses of the deployment become those of this test; all else stays.
      const here = (word: string) =>
        word
          .replace(/^wss:.*/, `wss://localhost:${port}`)
          .replace(/^ws:.*/, `ws://localhost:${port}`)
          .replace('0.0.0.0', 'localhost')
          .replace(/\/(etc\/murmur|recipe)\/recipe\.yaml|^\/recipe\.yaml/, recipe)
          .replace(/\/(credentials|token)\/token/, token)
          .replace('/etc/murmur/cert.pem', cert)
          .replace('/etc/murmur/ca.pem', cert)
          .replace('/credentials/key.pem', key)
          .replace(/^(--workers=)?[24]$/, '$11')
          .replace(/^(--out=)?(\/data\/)?run$/, `$1${out}`)
          .replace(/^(--state=)?(\/data\/state|\/state\/.*|state)$/, `$1${state}`);
      const env = { MURMUR_TOKEN: 'a-token' };
      const served = startMurmur([...coordinator.map(here), '--port', `${port}`], { env });
      const joined = startMurmur(worker.map(here), { env });
      const [first, second] = await Promise.all([served.finished, joined.finished]);
      expect([first.code, second.code], first.stderr + second.stderr).to.deep.equal([0, 0]);
      expect(readRecord(out).rounds).to.equal(4);
    });
  }

  it('the healthcheck of the compose file is true of a coordinator that runs, and of no other', async () => {
    const port = await freePort();
    const [, program, ...args] =
      compose({ MURMUR_TOKEN: 'a-token' }).services.coordinator.healthcheck?.test ?? [];
    const check = () =>
      run(
        program,
        args.map((arg) => arg.replace('7400', `${port}`)),
      );
    expect((await check()).code).to.equal(1);
    const { child, finished } = startMurmur([
      'serve',
      recipe,
      '--port',
      `${port}`,
      '--out',
      folder.path('idle'),
    ]);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (said: Buffer) => {
        if (said.toString().includes('listening on')) resolve();
      });
    });
    expect((await check()).code).to.equal(0);
    child.kill('SIGTERM');
    expect((await finished).code).to.equal(130);
  });
});
