/** The files under deploy/, as the programs that take them would read them. */
import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

/** The text of a file of deploy/. */
export const deployed = (path: string) => readFileSync(`deploy/${path}`, 'utf8');

export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly ports?: readonly { readonly name: string }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly startupProbe?: unknown;
  readonly resources: { readonly requests: object };
}

type Labels = Readonly<Record<string, string>>;

interface Metadata {
  readonly name: string;
  readonly labels?: Labels;
}

export interface Job {
  readonly kind: 'Job';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: {
    readonly completions?: number;
    readonly podFailurePolicy: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: { readonly containerName: string; readonly values: readonly number[] };
      }[];
    };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly restartPolicy: string;
        readonly securityContext: Readonly<Record<string, unknown>>;
        readonly containers: readonly [Container];
        readonly volumes: readonly {
          readonly name: string;
          readonly persistentVolumeClaim?: { readonly claimName: string };
        }[];
      };
    };
  };
}

export type Manifest =
  | Job
  | {
      readonly kind: 'Service';
      readonly apiVersion: string;
      readonly metadata: Metadata;
      readonly spec: {
        readonly selector: Labels;
        readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
      };
    }
  | { readonly kind: 'PersistentVolumeClaim'; readonly apiVersion: string; readonly metadata: Metadata };

/** All documents of a manifest. @throws Error where one is not YAML */
export function manifests(name: string): Manifest[] {
  return parseAllDocuments(deployed(`kubernetes/${name}.yaml`)).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

export function jobOf(name: string): Job {
  const job = manifests(name).find((manifest) => manifest.kind === 'Job');
  if (job === undefined) throw new Error(`deploy/kubernetes/${name}.yaml has no Job`);
  return job;
}

export interface Compose {
  readonly services: Readonly<
    Record<
      'coordinator' | 'worker',
      {
        readonly command: readonly string[];
        readonly volumes: readonly string[];
        readonly build: { readonly context: string; readonly dockerfile: string };
        readonly healthcheck?: { readonly test: readonly string[] };
      }
    >
  >;
  readonly volumes: object;
}

/** The compose file with its variables replaced: by these values, else by their defaults. */
export function compose(variables: Readonly<Record<string, string>>): Compose {
  const text = deployed('compose.yaml').replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string | undefined, rest: string) => {
      if (Object.hasOwn(variables, name)) return variables[name];
      if (kind !== '-') throw new Error(`the variable ${name} has no value: ${rest}`);
      return rest;
    },
  );
  return parse(text, { merge: true }) as Compose;
}

/** The unit's settings by their names, in order; a setting may be there more than once. */
export function unit(name: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of deployed(`systemd/${name}.service`).split('\n')) {
    const match = /^(\w+)=(.*)$/.exec(line);
    if (match) settings.set(match[1], [...(settings.get(match[1]) ?? []), match[2]]);
  }
  return settings;
}

const schemas = new Map<string, z.ZodType>();

/** What a committed JSON schema finds wrong with a value. @param definition where in the schema, e.g. `#/definitions/Job` */
export function complaints(name: string, definition: string, value: unknown): string[] {
  const key = `${name}${definition}`;
  const schema = schemas.get(key) ?? readSchema(name, definition);
  schemas.set(key, schema);
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function readSchema(name: string, definition: string): z.ZodType {
  const text = readFileSync(`test/deploy/schemas/${name}.json`, 'utf8');
  const whole = JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0] & object;
  return z.fromJSONSchema(definition === '#' ? whole : { ...whole, $ref: definition });
}
