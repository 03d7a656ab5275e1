import { expect, test } from 'vitest';
import { cancel, cancelByGet, list, type Request, read } from '../model/requests.ts';
import { createDatabase } from '../provision/databases.ts';
import { Forbidden } from '../provision/guard.ts';
import { onlyLooking } from './step.ts';

const options = (path: string, headers?: Request['headers']): Request => ({
  operation: 'other',
  method: 'OPTIONS',
  path,
  ...(headers ? { headers } : {}),
});

test.each([list(), read({ id: 'a' }), options('/v1/crdb_tasks/a/actions/cancel')])(
  'a doctor may send $method $path',
  (request) => expect(() => onlyLooking.admit(request)).not.toThrow(),
);

test.each([
  cancel({ id: 'a' }),
  cancelByGet({ id: 'a' }),
  read({ id: 'a' }, { ttl: '9' }),
  options('/v1/crdb_tasks/a', { 'X-Result-TTL': '9' }),
  createDatabase({ name: 'a', cluster: 'c', login: { user: 'u', password: 'p' } }, { taskId: 'a' }),
])('a doctor may not send $method $path', (request) =>
  expect(() => onlyLooking.admit(request)).toThrow(Forbidden),
);
