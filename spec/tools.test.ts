/**
 * Other people's tools fed with openapi.yaml: a schema matcher and a validating proxy. They may accuse no server
 * that keeps the contract. Everything runs on the loopback, and every wait has an end.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer as createPrism } from '@stoplight/prism-http-server';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import vitestOpenApi from 'vitest-openapi';
import { documentFile } from './edition.ts';

const specification = fileURLToPath(documentFile);
vitestOpenApi(specification);

interface Answer {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

const one = '/v1/crdb_tasks/7';
const cancel = `${one}/actions/cancel`;
const json = 'application/json';
const problem = {
  type: 'application/problem+json',
  body: '{"type":"about:blank","title":"No","status":404}',
};

const conformant: readonly Answer[] = [
  { what: 'an empty list', method: 'GET', path: '/v1/crdb_tasks', status: 200, type: json, body: '[]' },
  {
    what: 'a list of minimal tasks',
    method: 'GET',
    path: '/v1/crdb_tasks',
    status: 200,
    type: json,
    body: '[{"id":"7","status":"started"}]',
  },
  {
    what: 'a minimal task',
    method: 'GET',
    path: one,
    status: 200,
    type: json,
    body: '{"id":"7","status":"queued"}',
  },
  {
    what: 'a task with a charset',
    method: 'GET',
    path: one,
    status: 200,
    type: 'application/json; charset=utf-8',
    body: '{"id":"7","status":"queued"}',
  },
  {
    what: 'fields that the docs do not know',
    method: 'GET',
    path: `${one}?verbose=true`,
    status: 200,
    type: json,
    body: '{"id":"7","status":"failed","extra":{"a":1},"errors":[{"odd":true}],"progress":{"odd":1}}',
  },
  {
    what: 'a 401 with JSON',
    method: 'GET',
    path: one,
    status: 401,
    type: json,
    body: '{"error_code":"no","description":"no"}',
  },
  {
    what: 'a 401 with text',
    method: 'GET',
    path: '/v1/crdb_tasks',
    status: 401,
    type: 'text/html',
    body: '<h1>no</h1>',
  },
  { what: 'a 404 with a problem document', method: 'GET', path: one, status: 404, ...problem },
  { what: 'a cancel with JSON', method: 'POST', path: cancel, status: 200, type: json, body: '{}' },
  {
    what: 'a cancel with text',
    method: 'POST',
    path: `${cancel}?force=true`,
    status: 200,
    type: 'text/plain',
    body: 'done',
  },
  { what: 'a 406 with a problem document', method: 'POST', path: cancel, status: 406, ...problem },
  { what: 'a 409 with JSON', method: 'POST', path: cancel, status: 409, type: json, body: '[]' },
];

const bodiless: readonly Answer[] = [
  { what: 'a list refused', method: 'GET', path: '/v1/crdb_tasks', status: 401 },
  { what: 'a read of an unknown task', method: 'GET', path: one, status: 404 },
  { what: 'a cancel', method: 'POST', path: cancel, status: 200 },
  { what: 'a cancel refused', method: 'POST', path: cancel, status: 406 },
];

const wrong: readonly Answer[] = [
  {
    what: 'a status of its own',
    method: 'GET',
    path: one,
    status: 200,
    type: json,
    body: '{"id":"7","status":"running"}',
  },
  {
    what: 'no id',
    method: 'GET',
    path: one,
    status: 200,
    type: json,
    body: '{"task_id":"7","status":"queued"}',
  },
  {
    what: 'a wrapped list',
    method: 'GET',
    path: '/v1/crdb_tasks',
    status: 200,
    type: json,
    body: '{"tasks":[]}',
  },
];

/** A server that answers as the test that is running says. */
let answer: Answer | undefined;
const upstream = createServer((_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(
    answer?.status ?? 500,
    answer?.type === undefined ? {} : { 'content-type': answer.type },
  );
  response.end(answer?.body);
});
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a port has an address with a port.
  base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

const ask = (at: string, { method, path }: Answer) =>
  (method === 'GET' ? request(at).get(path) : request(at).post(path)).auth('u', 'p').timeout(5000);

describe('a schema matcher of the jest-openapi family (vitest-openapi)', () => {
  test.each([...conformant, ...bodiless])('accuses no server of $what ($method, $status)', async (row) => {
    answer = row;
    expect(await ask(base, row)).toSatisfyApiSpec();
  });

  test.each(wrong)('sees $what', async (row) => {
    answer = row;
    expect(await ask(base, row)).not.toSatisfyApiSpec();
  });
});

const silent = {
  info() {},
  warn() {},
  error() {},
  debug() {},
  trace() {},
  fatal() {},
  success() {},
  child: () => silent,
};

describe('a validating proxy (Prism)', () => {
  let proxy: ReturnType<typeof createPrism> | undefined;
  let address = '';

  beforeAll(async () => {
    const operations = await getHttpOperationsFromSpec(specification);
    proxy = createPrism(operations, {
      cors: false,
      config: {
        checkSecurity: true,
        validateRequest: true,
        validateResponse: true,
        errors: false,
        mock: { dynamic: false },
        isProxy: true,
        upstream: new URL(base),
        upstreamProxy: undefined,
      },
      components: { logger: silent },
    });
    address = await proxy.listen(0, '127.0.0.1');
  }, 30_000);
  afterAll(() => proxy?.close());

  const violations = async (row: Answer): Promise<string | undefined> => {
    answer = row;
    const response = await ask(address, row);
    expect(response.status).toBe(row.status);
    return response.headers['sl-violations'];
  };

  test.each(conformant)('accuses no server of $what ($method, $status)', async (row) => {
    expect(await violations(row)).toBeUndefined();
  });

  // Prism asks for a Content-Type wherever a body is allowed, also of an answer without one. OpenAPI can't say
  // "perhaps no body"; leaving the bodies out would please Prism, and the matcher above would accuse every server.
  test.each(bodiless)(
    'misses nothing but the media type in $what without a body ($method, $status)',
    async (row) => {
      const found: unknown = JSON.parse((await violations(row)) ?? '[]');
      expect(found).toMatchObject([{ message: expect.stringContaining('The received media type ""') }]);
    },
  );

  test.each(wrong)('sees $what', async (row) => {
    expect(await violations(row)).toBeDefined();
  });
});
