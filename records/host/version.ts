/** Which version of the package this is. */
import { createRequire } from 'node:module';

/** The package's version. */
export function version(): string {
  const manifest = createRequire(import.meta.url)('murmuration-fl/package.json') as { version: string };
  return manifest.version;
}
