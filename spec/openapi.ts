/**
 * Facts + overlay.yaml → openapi.yaml. The facts give what the docs say and nothing else; the OpenAPI Overlay 1.0
 * adds the rest, each action with its reason.
 */
import { readFile } from 'node:fs/promises';
import { openapiOverlay, resolveJsonPath } from 'openapi-format';
import { parse, stringify } from 'yaml';
import { docsUrl } from './clause.ts';
import { edition as checkedIn } from './contract.ts';
import { documentFile } from './edition.ts';
import { type BodyFact, type Facts, loadFacts, type OperationFacts, type TypeFact } from './facts.ts';
import { isRecord, SpecError } from './record.ts';

/** The text of facts.json. */
export const factsText = (facts: Facts): string => `${JSON.stringify(facts, null, 2)}\n`;

/**
 * The text of openapi.yaml. The same facts and overlay always give the same text.
 * @throws {SpecError} the overlay doesn't fit the facts
 */
export async function documentText(facts: Facts): Promise<string> {
  const overlay = await readFile(new URL('./overlay.yaml', import.meta.url), 'utf8');
  const document = await applyOverlay(openApi(facts), overlay, facts.edition !== checkedIn);
  const head = '# Generated from facts.json and overlay.yaml by `spec generate`: change those, not this.\n';
  return head + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Whether the checked-in openapi.yaml is what facts.json and overlay.yaml give. */
export const generatedIsCurrent = async (): Promise<boolean> =>
  (await readFile(documentFile, 'utf8')) === (await documentText(loadFacts()));

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** Names of the schemas, by the documented names of their objects. */
type SchemaNames = ReadonlyMap<string, string>;

/** The document that facts alone give: valid OpenAPI 3.1, without any description of our own. */
export function openApi({ edition, operations, objects }: Facts): JsonObject {
  const schemas = new Map(objects.map(({ name, page }) => [name, schemaName(page)] as const));
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = operationObject(operation, schemas, edition);
    paths[operation.path] = methods;
  }
  const components = objects.map(({ page, fields }) => [
    schemaName(page),
    {
      type: 'object',
      properties: Object.fromEntries(
        fields.map(({ name, type, readOnly }) => [
          name,
          { ...typeSchema(type, schemas), ...(readOnly && { readOnly: true }) },
        ]),
      ),
    },
  ]);
  return {
    openapi: '3.1.1',
    info: { title: 'crdb_tasks', version: edition },
    paths,
    components: { schemas: Object.fromEntries(components) },
  };
}

/** `crdb_task`: the last part of an object page's key. */
const schemaName = (page: string): string => page.split('/').at(-1) ?? page;

function operationObject(operation: OperationFacts, schemas: SchemaNames, edition: string): JsonObject {
  const { page, anchor, parameters, returns, statuses } = operation;
  return {
    externalDocs: { url: docsUrl({ source: { page, anchor, fingerprint: '' } }, edition) },
    ...(parameters.length > 0 && {
      parameters: parameters.map(({ name, in: place, type }) => ({
        name,
        in: place,
        required: place === 'path',
        schema: typeSchema(type, schemas),
      })),
    }),
    responses: Object.fromEntries(
      statuses.map(({ code }) => [String(code), response(code, returns, schemas)] as const),
    ),
  };
}

/**
 * A response whose body no page describes allows any body, and none. If the content were left out, some tools would
 * read "no body" and accuse a server that sends one. The empty schema is spelled out because matchers of the
 * jest-openapi family take a media type without a schema for null.
 */
function response(code: number, returns: BodyFact | null, schemas: SchemaNames): JsonObject {
  if (returns === null || code < 200 || code > 299)
    return { description: '', content: { '*/*': { schema: {} } } };
  const one = returns.object === null ? {} : reference(returns.object, schemas);
  const schema = returns.array ? { type: 'array', items: one } : one;
  return { description: '', content: { 'application/json': { schema } } };
}

/** A reference to an object whose page is among the facts. Of any other, only its type is known. */
function reference(object: string, schemas: SchemaNames): JsonObject {
  const name = schemas.get(object);
  return name === undefined ? { type: 'object' } : { $ref: `#/components/schemas/${name}` };
}

function typeSchema(type: TypeFact, schemas: SchemaNames): JsonObject {
  switch (type.kind) {
    case 'enum':
      return { type: 'string', enum: type.values };
    case 'array':
      return { type: 'array', items: typeSchema(type.items, schemas) };
    case 'object':
      return {
        type: 'object',
        ...(type.fields.length > 0 && {
          properties: Object.fromEntries(
            type.fields.map((field) => [field.name, typeSchema(field.type, schemas)]),
          ),
        }),
      };
    case 'reference':
      return reference(type.object, schemas);
    case 'unknown':
      return {};
    default:
      return { type: type.kind };
  }
}

type Action =
  | { readonly target: string; readonly update: Readonly<Record<string, unknown>> }
  | { readonly target: string; readonly remove: true };

/**
 * Applies an overlay. The library does the work; where it departs from the standard, the overlay is refused.
 * @param document an OpenAPI document; it is not changed
 * @param text of an overlay, YAML or JSON
 * @param mayMissTargets the overlay was written for another edition: actions whose target does not exist are left out
 * @returns the document with every action applied, in order
 * @throws {SpecError} the overlay is malformed, an action has no reason, or its target matches nothing
 */
export async function applyOverlay(document: object, text: string, mayMissTargets = false): Promise<object> {
  const actions = actionsOf(text);
  let result: Record<string, unknown> = structuredClone({ ...document });
  for (const action of actions) {
    if (mayMissTargets && action.target !== '$' && resolveJsonPath(result, action.target).length === 0)
      continue;
    refuseOtherwise(result, action);
    const applied = await openapiOverlay(result, { overlaySet: { overlay: '1.0.0', actions: [action] } });
    result = { ...applied.data };
  }
  return result;
}

/**
 * Refuses a target that matches nothing, and what the library does differently from the standard: to update a list (it
 * merges, the standard appends) or a plain value, and to remove several rows of one list (it removes other rows, as
 * each removal moves the rest).
 */
function refuseOtherwise(document: Record<string, unknown>, action: Action): void {
  if (action.target === '$') return;
  const nodes = resolveJsonPath(document, action.target);
  if (nodes.length === 0) throw wrong(`the target ${action.target} matches nothing in the document`);
  if ('update' in action) {
    if (nodes.some(({ value }) => Array.isArray(value)))
      throw wrong(`the target ${action.target} selects a list`);
    if (!nodes.every(({ value }) => isRecord(value)))
      throw wrong(`the target ${action.target} selects no object`);
    if (namesParameters(action.update)) throw wrong(`${action.target}: its update has a list of parameters`);
    return;
  }
  const lists = nodes.map(({ parent }) => parent).filter((parent) => Array.isArray(parent));
  if (new Set(lists).size < lists.length)
    throw wrong(`the target ${action.target} selects several rows of a list`);
}

/** Whether an update holds a list of named parameters: the library merges by name, the standard appends. */
function namesParameters(update: unknown): boolean {
  if (Array.isArray(update)) return update.some((row) => isRecord(row) && 'name' in row && 'in' in row);
  return isRecord(update) && Object.values(update).some(namesParameters);
}

/** The actions of an overlay, each with its reason, and either an object to merge or a removal. */
function actionsOf(text: string): readonly Action[] {
  const overlay: unknown = parse(text);
  if (!isRecord(overlay) || !/^1\.0\.\d+$/.test(String(overlay.overlay)))
    throw wrong('it is no OpenAPI Overlay 1.0');
  const { actions } = overlay;
  if (!Array.isArray(actions) || actions.length === 0) throw wrong('it has no actions');
  return actions.map((action: unknown, index) => {
    const name = `action ${index + 1}`;
    if (!isRecord(action) || typeof action.target !== 'string') throw wrong(`${name} has no target`);
    const { target, description, update, remove } = action;
    if (typeof description !== 'string' || description.trim() === '')
      throw wrong(`${name} (${target}) has no reason`);
    if (remove === true && update === undefined) return { target, remove };
    if (remove !== undefined || !isRecord(update))
      throw wrong(`${name} (${target}) has neither an object to merge nor remove: true`);
    return { target, update };
  });
}

const wrong = (what: string): SpecError =>
  new SpecError(`overlay.yaml: ${what}.`, 'Correct spec/overlay.yaml.');
