/**
 * Facts + overlay.yaml → openapi.yaml. The facts give what the docs say and nothing else; the OpenAPI Overlay 1.0
 * adds the rest, each action with its reason.
 */
import { readFile } from 'node:fs/promises';
import { type JSONValue, jsonpath } from 'json-p3';
import { parse, stringify } from 'yaml';
import { docsUrl } from './clause.ts';
import { shippedEditions } from './contract.ts';
import { loadEdition } from './edition.ts';
import type { BodyFact, Facts, TypeFact } from './facts.ts';
import { field, isRecord, SpecError } from './record.ts';

export const factsText = (facts: Facts): string => `${JSON.stringify(facts, null, 2)}\n`;

/**
 * The text of openapi.yaml. The same facts and overlay always give the same text.
 * @throws {SpecError} the overlay doesn't fit the facts
 */
export async function documentText(facts: Facts): Promise<string> {
  const overlay = await readFile(new URL('./overlay.yaml', import.meta.url), 'utf8');
  const document = applyOverlay(openApi(facts), overlay, !shippedEditions.includes(facts.edition));
  const head = '# Generated from facts.json and overlay.yaml by `spec generate`: change those, not this.\n';
  return head + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The shipped editions whose openapi.yaml is not what their facts.json and overlay.yaml give. */
export async function staleEditions(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const name of shippedEditions) {
    const { facts, documentFile } = loadEdition(name);
    if ((await readFile(documentFile, 'utf8')) !== (await documentText(facts))) stale.push(name);
  }
  return stale;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The document that facts alone give: valid OpenAPI 3.1, without any description of our own. */
export function openApi({ edition, operations, objects }: Facts): JsonObject {
  const schemas = new Map(objects.map(({ name, page }) => [name, schemaName(page)] as const));
  const paths: Record<string, Record<string, Json>> = {};
  for (const { page, anchor, method, path, parameters, returns, statuses } of operations) {
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = {
      externalDocs: { url: docsUrl({ source: { page, anchor, fingerprint: '' } }, edition) },
      ...(parameters.length > 0 && {
        parameters: parameters.map(({ name, in: place, type }) => ({
          name,
          in: place,
          required: place === 'path',
          schema: typeSchema(type),
        })),
      }),
      responses: Object.fromEntries(
        statuses.map(({ code }) => [String(code), response(code, returns, schemas)] as const),
      ),
    };
  }
  const components = objects.map(({ page, fields }) => {
    const properties = fields.map(({ name, type, readOnly }) => [
      name,
      { ...typeSchema(type), ...(readOnly && { readOnly: true }) },
    ]);
    return [schemaName(page), { type: 'object', properties: Object.fromEntries(properties) }];
  });
  return {
    openapi: '3.1.1',
    info: { title: 'crdb_tasks', version: edition },
    paths,
    components: { schemas: Object.fromEntries(components) },
  };
}

/** `crdb_task`: the last part of an object page's key. */
const schemaName = (page: string): string => page.split('/').at(-1) ?? page;

/**
 * A response whose body no page describes allows any body, and none. If the content were left out, some tools would
 * read "no body" and accuse a server that sends one. The empty schema is spelled out because matchers of the
 * jest-openapi family take a media type without a schema for null.
 * @param schemas names of schemas by the documented names of their objects
 */
function response(code: number, returns: BodyFact | null, schemas: ReadonlyMap<string, string>): JsonObject {
  if (returns === null || code < 200 || code > 299)
    return { description: '', content: { '*/*': { schema: {} } } };
  const name = returns.object === null ? undefined : schemas.get(returns.object);
  const anyObject: JsonObject = returns.object === null ? {} : { type: 'object' };
  const one = name === undefined ? anyObject : { $ref: `#/components/schemas/${name}` };
  const schema = returns.array ? { type: 'array', items: one } : one;
  return { description: '', content: { 'application/json': { schema } } };
}

function typeSchema(type: TypeFact): JsonObject {
  switch (type.kind) {
    case 'enum':
      return { type: 'string', enum: type.values };
    case 'array':
      return { type: 'array', items: typeSchema(type.items) };
    case 'object': {
      const properties = type.fields.map((field) => [field.name, typeSchema(field.type)] as const);
      return {
        type: 'object',
        ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      };
    }
    case 'unknown':
      return {};
    default:
      return { type: type.kind };
  }
}

/**
 * Applies an overlay of updates to objects; overlay.yaml has no action of another kind.
 * @param document an OpenAPI document; it is not changed
 * @param text of an overlay, YAML or JSON
 * @param mayMissTargets the overlay was written for another edition: actions whose target does not exist are left out
 * @returns the document with every action applied, in order
 * @throws {SpecError} the overlay is no Overlay 1.0, or an action has no reason, matches nothing or updates no object
 */
export function applyOverlay(document: object, text: string, mayMissTargets = false): object {
  const overlay: unknown = parse(text);
  const actions: unknown = field(overlay, 'actions');
  if (!/^1\.0\.\d+$/.test(String(field(overlay, 'overlay'))) || !Array.isArray(actions))
    throw wrong('it is not an OpenAPI Overlay 1.0');
  const result: { [name: string]: JSONValue } = JSON.parse(JSON.stringify(document));
  for (const action of actions) {
    const [target, reason, update] = ['target', 'description', 'update'].map((name) => field(action, name));
    if (typeof target !== 'string' || typeof reason !== 'string' || reason.trim() === '')
      throw wrong(`the action on ${String(target)} has no target or no reason`);
    const selected = jsonpath.query(target, result).values();
    if (selected.length === 0 && !mayMissTargets)
      throw wrong(`the target ${target} matches nothing in the document`);
    for (const value of selected) {
      if (!isRecord(value) || !isRecord(update))
        throw wrong(`the action on ${target} does not update objects with an object`);
      Object.assign(value, merged(value, update));
    }
  }
  return result;
}

/** As the standard asks: objects are merged, lists joined, and other values replaced. */
function merged(old: unknown, update: unknown): unknown {
  if (Array.isArray(old) && Array.isArray(update)) return [...old, ...update];
  if (!isRecord(old) || !isRecord(update)) return update;
  const entries = Object.entries(update).map(([name, value]) => [name, merged(field(old, name), value)]);
  return { ...old, ...Object.fromEntries(entries) };
}

const wrong = (what: string): SpecError =>
  new SpecError(`overlay.yaml: ${what}.`, 'Correct spec/overlay.yaml.');
