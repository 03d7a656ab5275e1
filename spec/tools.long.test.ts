/**
 * Other people's tools with openapi.yaml: validators, a linter, a schema matcher and a validating proxy. They must find
 * nothing wrong with it, and accuse no server that keeps the contract. Everything runs on the loopback.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import SwaggerParser from '@apidevtools/swagger-parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer as createPrism } from '@stoplight/prism-http-server';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import vitestOpenApi from 'vitest-openapi';
import { parse } from 'yaml';
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

const list = { method: 'GET', path: '/v1/crdb_tasks' } as const;
const read = { method: 'GET', path: '/v1/crdb_tasks/7' } as const;
const cancel = { method: 'POST', path: '/v1/crdb_tasks/7/actions/cancel' } as const;
const json = (status: number, value: unknown, type = 'application/json') => ({
  status,
  type,
  body: JSON.stringify(value),
});
const problem = (status: number) =>
  json(status, { type: 'about:blank', title: 'No', status }, 'application/problem+json');
const minimal = { id: '7', status: 'queued' };
const odd = { id: '7', status: 'failed', extra: { a: 1 }, errors: [{ odd: true }], progress: { odd: 1 } };

const conformant: readonly Answer[] = [
  { what: 'an empty list', ...list, ...json(200, []) },
  { what: 'a list of minimal tasks', ...list, ...json(200, [minimal]) },
  { what: 'a minimal task', ...read, ...json(200, minimal) },
  { what: 'a task with a charset', ...read, ...json(200, minimal, 'application/json; charset=utf-8') },
  { what: 'undocumented fields', ...read, path: `${read.path}?verbose=true`, ...json(200, odd) },
  { what: 'a 401 with JSON', ...read, ...json(401, { error_code: 'no', description: 'no' }) },
  { what: 'a 401 with text', ...list, status: 401, type: 'text/html', body: '<h1>no</h1>' },
  { what: 'a 404 with a problem document', ...read, ...problem(404) },
  { what: 'a cancel with JSON', ...cancel, ...json(200, {}) },
  {
    what: 'a cancel with text',
    ...cancel,
    path: `${cancel.path}?force=true`,
    status: 200,
    type: 'text/plain',
    body: 'done',
  },
  { what: 'a 406 with a problem document', ...cancel, ...problem(406) },
  { what: 'a 409 with JSON', ...cancel, ...json(409, []) },
];

const bodiless: readonly Answer[] = [
  { what: 'a list refused', ...list, status: 401 },
  { what: 'a read of an unknown task', ...read, status: 404 },
  { what: 'a cancel', ...cancel, status: 200 },
  { what: 'a cancel refused', ...cancel, status: 406 },
];

const wrong: readonly Answer[] = [
  { what: 'a status of its own', ...read, ...json(200, { id: '7', status: 'running' }) },
  { what: 'no id', ...read, ...json(200, { task_id: '7', status: 'queued' }) },
  { what: 'a wrapped list', ...list, ...json(200, { tasks: [] }) },
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
  (method === 'GET' ? request(at).get(path) : request(at).post(path)).auth('u', 'p');

describe('validators and linters', () => {
  const text = readFileSync(documentFile, 'utf8');

  test('is valid OpenAPI 3.1', async () => {
    await expect(SwaggerParser.validate(parse(text))).resolves.toBeDefined();
  });

  test('has nothing that the recommended rules of Redocly find wrong, or worth a warning', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: text, absoluteRef: '/openapi.yaml', config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });
});

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

const quiet = () => {};
const silent = {
  ...{ info: quiet, warn: quiet, error: quiet, debug: quiet, trace: quiet, fatal: quiet, success: quiet },
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
  });
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

  // Prism asks for a Content-Type wherever a body is allowed, also if there is none. OpenAPI can't say "perhaps no
  // body"; without the content the matcher above would accuse every server.
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
