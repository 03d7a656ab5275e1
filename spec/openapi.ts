/** Facts → OpenAPI 3.1. Pure: says what the docs say and nothing else; all the rest is overlay.yaml's. */
import { docsUrl } from './clause.ts';
import type { BodyFact, Facts, FieldFact, OperationFacts, ParameterFact, TypeFact } from './fact.ts';

/** JSON, as it is written down. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/**
 * An answer whose body no page describes. Left out, some tools read "no body" and accuse a server that sends one;
 * this says that any will do, and as no schema asks for a body, none will do too. The empty schema is written out,
 * for matchers of the jest-openapi family take a media type without one for null.
 */
const anyBody = (): JsonObject => ({ '*/*': { schema: {} } });

/** The document that facts alone give: valid OpenAPI, without a description of our own. */
export function openApi(facts: Facts): JsonObject {
  const schemas = new Map(facts.objects.map(({ name, page }) => [name, schemaName(page)] as const));
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of facts.operations) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = operationObject(operation, schemas, facts.edition);
    paths[operation.path] = methods;
  }
  return {
    openapi: '3.1.1',
    info: { title: 'crdb_tasks', version: facts.edition },
    paths,
    components: {
      schemas: Object.fromEntries(
        facts.objects.map(({ page, fields }) => [schemaName(page), objectSchema(fields, schemas)] as const),
      ),
    },
  };
}

/** `crdb_task`: the last part of an object page's key. */
const schemaName = (page: string): string => page.split('/').at(-1) ?? page;

type SchemaNames = ReadonlyMap<string, string>;

function operationObject(operation: OperationFacts, schemas: SchemaNames, edition: string): JsonObject {
  const { page, anchor, parameters, body, returns, statuses } = operation;
  return {
    externalDocs: { url: docsUrl({ source: { page, anchor, fingerprint: '' } }, edition) },
    ...(parameters.length > 0 && {
      parameters: parameters.map((parameter) => parameterObject(parameter, schemas)),
    }),
    ...(body && { requestBody: { content: { 'application/json': { schema: bodySchema(body, schemas) } } } }),
    responses: Object.fromEntries(
      statuses.map(({ code }) => [String(code), response(code, returns, schemas)] as const),
    ),
  };
}

const parameterObject = (parameter: ParameterFact, schemas: SchemaNames): JsonObject => ({
  name: parameter.name,
  in: parameter.in,
  required: parameter.in === 'path',
  schema: typeSchema(parameter.type, schemas),
});

function response(code: number, returns: BodyFact | null, schemas: SchemaNames): JsonObject {
  const documented = code >= 200 && code < 300 ? returns : null;
  const content = documented
    ? { 'application/json': { schema: bodySchema(documented, schemas) } }
    : anyBody();
  return { description: '', content };
}

function bodySchema({ object, array }: BodyFact, schemas: SchemaNames): JsonObject {
  const schema = object === null ? {} : reference(object, schemas);
  return array ? { type: 'array', items: schema } : schema;
}

/** A reference to an object whose page is among the facts; of any other, no more is known than that it is one. */
function reference(object: string, schemas: SchemaNames): JsonObject {
  const name = schemas.get(object);
  return name === undefined ? { type: 'object' } : { $ref: `#/components/schemas/${name}` };
}

const objectSchema = (fields: readonly FieldFact[], schemas: SchemaNames): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(
    fields.map(({ name, type, readOnly }) => [
      name,
      { ...typeSchema(type, schemas), ...(readOnly && { readOnly: true }) },
    ]),
  ),
});

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
