/**
 * Lets plugins import `murmuration-fl` wherever they lie. Node.js looks for a package in the folders above the importing
 * file only, and another copy found there would have registries of its own; so the name always means the running program.
 */
import * as nodeModule from 'node:module';

const NAME = 'murmuration-fl';

interface Context {
  readonly parentURL?: string | undefined;
}
type Resolve = (
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => unknown,
) => unknown;

/** What Node.js has of the two, by its version: hooks in the same thread, or else in a thread of their own. */
interface Hooks {
  readonly register: (specifier: string, parent: string) => void;
  /** Node.js 22.15, 23.5 and later. */
  readonly registerHooks?: (hooks: { readonly resolve: Resolve }) => unknown;
}

let isRegistered = false;

/** For the thread that calls it, once. */
export function resolveOwnName(): void {
  if (isRegistered) return;
  isRegistered = true;
  const { register, registerHooks }: Hooks = nodeModule;
  if (registerHooks) {
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, isOwn(specifier) ? { ...context, parentURL: import.meta.url } : context),
    });
    return;
  }
  // The name is resolved as it is from here. Its thread knows nothing of this module, so it is given the text.
  const source = `export const resolve = (specifier, context, next) =>
    next(specifier, /^${NAME}($|\\/)/.test(specifier)
      ? { ...context, parentURL: ${JSON.stringify(import.meta.url)} }
      : context);`;
  register(`data:text/javascript,${encodeURIComponent(source)}`, import.meta.url);
}

const isOwn = (specifier: string) => specifier === NAME || specifier.startsWith(`${NAME}/`);
