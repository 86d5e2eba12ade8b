/**
 * Carries out the instructions of deploy/Dockerfile without a container engine: each stage is a folder with this machine's
 * programs, and its RUN instructions are run in a chroot there.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { run, type Finished } from '../support/murmur.js';

export interface Instruction {
  readonly keyword: string;
  readonly content: string;
}

export interface Stage {
  readonly image: string;
  /** Of a stage that others copy from. */
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** @throws Error where a line is no instruction */
export function stagesOf(dockerfile: string): Stage[] {
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n');
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const match = /^([A-Z]+) +(.*)$/.exec(line);
    if (match === null) throw new Error(`not an instruction: ${line}`);
    const [, keyword, content] = match;
    if (keyword === 'FROM') {
      const [image, , name] = content.split(' ');
      stages.push({ image, name, instructions: [] });
    } else stages.at(-1)?.instructions.push({ keyword, content });
  }
  return stages;
}

/** The files of a folder that .dockerignore leaves: what the engine is sent. */
export function buildContext(folder: string): string[] {
  const lines = readFileSync(join(folder, '.dockerignore'), 'utf8').split('\n');
  const patterns = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isExcluded: !line.startsWith('!'), pattern: expression(line.replace(/^!/, '')) }));
  /** The last pattern that matches counts. */
  const isExcluded = (path: string, before: boolean) =>
    patterns.reduce((known, each) => (each.pattern.test(path) ? each.isExcluded : known), before);
  const within = (path: string, isOut: boolean): string[] => {
    if (!lstatSync(join(folder, path)).isDirectory()) return isOut ? [] : [path];
    if (isOut) return [];
    return readdirSync(join(folder, path)).flatMap((name) => {
      const inner = join(path, name);
      return within(inner, isExcluded(inner, isOut));
    });
  };
  return within('.', false);
}

function expression(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(.*/)?'))}$`);
}

/** A stage's root folder, and where its instructions are. */
export interface Layer {
  readonly root: string;
  workdir: string;
}

/** This machine's programs and the user that the base image has; `/usr/local` and all else is the stage's own. */
export function newLayer(root: string): Layer {
  for (const folder of ['usr', 'local', 'proc', 'dev', 'tmp', 'root', 'cache', 'etc']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(root, folder));
  mkdirSync(join(root, 'local/bin'));
  const users = { passwd: 'node:x:1000:1000::/home/node:/bin/sh', group: 'node:x:1000:' };
  for (const [file, node] of Object.entries(users)) {
    writeFileSync(join(root, 'etc', file), `${readFileSync(`/etc/${file}`, 'utf8')}${node}\n`);
  }
  for (const file of ['hosts', 'resolv.conf', 'nsswitch.conf', 'ssl', 'alternatives']) {
    if (existsSync(`/etc/${file}`))
      cpSync(`/etc/${file}`, join(root, 'etc', file), {
        recursive: true,
        dereference: file === 'resolv.conf',
      });
  }
  return { root, workdir: '/' };
}

const MOUNTS = `mount --bind -o ro /usr "$1/usr" && mount --bind "$1/local" "$1/usr/local" &&
  mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" && mount --bind "$2" "$1/cache" &&
  { ! [ -d "$1/repository" ] || mount --bind -o ro . "$1/repository"; }`;

/** Runs a command in a stage, as root or as another user. A folder `/repository` there is this one. */
export function inLayer({ root, workdir }: Layer, command: string, user = '0:0'): Promise<Finished> {
  const script = `${MOUNTS} && exec chroot --userspec="$3" "$1" /bin/sh -ec 'cd "$0"; eval "$1"' "$4" "$5"`;
  const packages = process.env['npm_config_cache'] ?? join(homedir(), '.npm');
  mkdirSync(packages, { recursive: true });
  const args = [root, packages, user, workdir, command];
  return run('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', script, 'sh', ...args], {
    env: {
      HOME: '/tmp',
      npm_config_cache: '/cache',
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    },
  });
}

/**
 * COPY: from the context, or from another stage.
 * @throws Error where a source is not there
 */
export function copy(
  instruction: Instruction,
  layer: Layer,
  context: readonly string[],
  stages: ReadonlyMap<string, Layer>,
): void {
  const words = instruction.content.split(' ');
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  const target = paths[paths.length - 1];
  const isFolder = target.endsWith('/') || paths.length > 2;
  const to = join(layer.root, resolve(layer.workdir, target));
  for (const source of paths.slice(0, -1)) {
    if (from === undefined) copyFiles(source, to, isFolder, context);
    else cpSync(join(stages.get(from)?.root ?? '', source), to, { recursive: true });
  }
}

function copyFiles(source: string, to: string, isFolder: boolean, context: readonly string[]): void {
  if (context.includes(source)) {
    cpSync(source, isFolder ? join(to, source) : to);
    return;
  }
  const files = context.filter((path) => source === '.' || path.startsWith(`${source}/`));
  if (files.length === 0) throw new Error(`COPY ${source}: there is no such file in the build context`);
  for (const file of files) cpSync(file, join(to, source === '.' ? file : file.slice(source.length + 1)));
}
