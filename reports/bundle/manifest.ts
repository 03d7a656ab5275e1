/** What a bundle says of itself: whose report it is, what made it, and the SHA-256 of every member. Pure. */
import { createHash } from 'node:crypto';
import { Ajv2020, type JSONSchemaType, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Member, Refusal } from './archive.ts';

export const bundleSchema = 'crdb-conformance/bundle@1';
export const manifestName = 'manifest.json';
/** As `sha256sum -c` reads it. */
export const sealName = 'manifest.sha256';

export interface Product {
  readonly name: string;
  readonly version: string;
}

export interface Manifest {
  readonly schema: string;
  readonly product: Product;
  readonly harnessVersion: string;
  /** The id of the run. */
  readonly run: string;
  readonly members: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

const word = { type: 'string', minLength: 1, maxLength: 200 } as const;
const schema: JSONSchemaType<Manifest> = {
  type: 'object',
  additionalProperties: false,
  required: ['schema', 'product', 'harnessVersion', 'run', 'members'],
  properties: {
    schema: { type: 'string', const: bundleSchema },
    product: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'version'],
      properties: { name: word, version: word },
    },
    harnessVersion: word,
    run: word,
    members: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'bytes', 'sha256'],
        properties: {
          name: word,
          bytes: { type: 'integer', minimum: 0 },
          sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        },
      },
    },
  },
};

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** @returns the members with the manifest that names them, and its seal, before them */
export function sealed(
  about: Pick<Manifest, 'product' | 'harnessVersion' | 'run'>,
  members: readonly Member[],
): readonly Member[] {
  const manifest: Manifest = {
    schema: bundleSchema,
    ...about,
    members: members.map(({ name, content }) => ({ name, bytes: content.length, sha256: sha256(content) })),
  };
  const content = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  return [
    { name: manifestName, content },
    { name: sealName, content: Buffer.from(sealOf(content)) },
    ...members,
  ];
}

const sealOf = (manifest: Buffer): string => `${sha256(manifest)}  ${manifestName}\n`;

/**
 * @returns the manifest of some members, each of which is as it says
 * @throws {Refusal} one was changed, is missing or too many: all such are named
 */
export function manifestOf(members: readonly Member[]): Manifest {
  const contents = new Map(members.map(({ name, content }) => [name, content]));
  const [manifest, seal] = [manifestName, sealName].map((name) => contents.get(name));
  if (!manifest || !seal) throw new Refusal(`${manifest ? sealName : manifestName} is missing`);
  if (seal.toString('latin1') !== sealOf(manifest))
    throw new Refusal(
      `${manifestName} was changed, or ${sealName}: its SHA-256 is not the one that stands there`,
    );
  const told = parsed(manifest);
  const wrong = [
    ...told.members.flatMap(({ name, bytes, sha256: due }) => {
      const content = contents.get(name);
      if (!content) return [`${name} is missing`];
      if (content.length === bytes && sha256(content) === due) return [];
      return [`${name} was changed: its SHA-256 is ${sha256(content)}, and the manifest says ${due}`];
    }),
    ...[...contents.keys()]
      .filter((name) => name !== manifestName && name !== sealName)
      .filter((name) => !told.members.some((member) => member.name === name))
      .map((name) => `${name} is not in the manifest`),
  ];
  if (wrong.length > 0) throw new Refusal(wrong.join('; '));
  return told;
}

/** Compiled at its first use. */
let isManifest: ValidateFunction<Manifest> | undefined;

function parsed(content: Buffer): Manifest {
  isManifest ??= new Ajv2020().compile(schema);
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    if (isManifest(value)) return value;
  } catch {
    // said below: it makes no difference what else it is
  }
  const [{ instancePath = '', message = 'is no JSON' } = {}] = isManifest.errors ?? [];
  throw new Refusal(`${manifestName} is no manifest of ${bundleSchema}: ${instancePath.slice(1)} ${message}`);
}
