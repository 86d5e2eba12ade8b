/** Builds the native kernels with the user's own compiler, into the user's cache. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../../numerics/index.js';

const sources = ['addon.c', 'products.c', 'lists.c', 'curves.c', 'norms.c', 'roofline.c'];
const headers = ['kernels.h', 'vectors.h'];

/** Where these lie in the package. */
function inPackage(names: readonly string[]): string[] {
  const manifest = createRequire(import.meta.url).resolve('murmuration-fl/package.json');
  return names.map((name) => join(dirname(manifest), 'learning/host/native', name));
}

/**
 * What every build has: no fused multiply–add, whose sums have other bits, and nothing else that changes arithmetic;
 * `-fno-math-errno` makes √ an instruction.
 */
const FLAGS = ['-std=gnu11', '-O3', '-ffp-contract=off', '-fno-math-errno', '-fPIC', '-shared'];

/**
 * For this very processor; a compiler takes the first that it knows. GCC 12, tuning for a Zen 4, reads factors from
 * memory again and again, and reaches two thirds of what it reaches without.
 */
const PROCESSOR = [['-march=native', '-mtune=generic'], ['-mcpu=native'], []];

const linking = platform() === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-lm'];

/** Where a build for this machine's processor lies: another one, or other sources, has another place. */
export function nativeFile(environment: NodeJS.ProcessEnv): string {
  const { XDG_CACHE_HOME: cache } = environment;
  const code = inPackage([...sources, ...headers]).map((file) => readFileSync(file, 'utf8'));
  const key = sha256(JSON.stringify([code, FLAGS, PROCESSOR, platform(), arch(), cpus()[0]?.model])).slice(
    0,
    16,
  );
  return join(cache || join(homedir(), '.cache'), 'murmuration', 'native', key, 'kernels.node');
}

export interface NativeBuild {
  readonly file: string;
  readonly compiler: string;
  readonly flags: readonly string[];
}

/**
 * Compiles the kernels, anew if they are there. @throws Error where there is no C compiler, or it refuses
 * @param check says where a build's bits differ, before it takes the place of an older one
 */
export function build(
  check: (file: string) => string | undefined,
  environment: NodeJS.ProcessEnv,
): NativeBuild {
  const file = nativeFile(environment);
  const { include_dir: include } = createRequire(import.meta.url)('node-api-headers') as {
    include_dir: string;
  };
  mkdirSync(dirname(dirname(file)), { recursive: true });
  const own = mkdtempSync(`${dirname(file)}-`);
  try {
    const made = join(own, 'kernels.node');
    const built = compile(environment['CC'] || 'cc', made, [`-I${include}`, ...inPackage(sources)]);
    const difference = check(made);
    if (difference !== undefined) {
      throw new Error(
        `the native kernels that ${built.compiler} built give other bits than WebAssembly (${difference}): name another compiler in CC`,
      );
    }
    writeFileSync(join(own, 'build.json'), `${JSON.stringify({ ...built, file }, undefined, 2)}\n`);
    rmSync(dirname(file), { recursive: true, force: true });
    renameSync(own, dirname(file));
    return { ...built, file };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function compile(compiler: string, file: string, input: readonly string[]): Omit<NativeBuild, 'file'> {
  let refusal = '';
  for (const processor of PROCESSOR) {
    const flags = [...FLAGS, ...processor];
    try {
      execFileSync(compiler, [...flags, '-o', file, ...input, ...linking], {
        stdio: 'pipe',
        encoding: 'utf8',
      });
      return { compiler, flags };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ENOENT') {
        throw new Error(
          `there is no C compiler '${compiler}' here: install one (on Debian: apt-get install gcc libc6-dev), or name yours in CC; without it the kernels of WebAssembly do the same work`,
          { cause: error },
        );
      }
      refusal ||= 'stderr' in error ? String(error.stderr) : error.message;
    }
  }
  throw new Error(`${compiler} could not compile the native kernels: ${refusal.trim()}`);
}
