/** The contract's fixed points: its three operations, its two docs pages, and the editions that ship. */

export const operationNames = ['list', 'read', 'cancel'] as const;
export type OperationName = (typeof operationNames)[number];

/** Method and path template of each operation, as the docs write them. */
export const addresses: Readonly<
  Record<OperationName, { readonly method: 'GET' | 'POST'; readonly path: string }>
> = {
  list: { method: 'GET', path: '/v1/crdb_tasks' },
  read: { method: 'GET', path: '/v1/crdb_tasks/{task_id}' },
  cancel: { method: 'POST', path: '/v1/crdb_tasks/{task_id}/actions/cancel' },
};

/** `GET /v1/crdb_tasks/{task_id}`: an operation as the docs name it. */
export const addressOf = (operation: OperationName): string =>
  `${addresses[operation].method} ${addresses[operation].path}`;

/** Keys of the two pages that state the contract. */
export const requestsPage = 'requests/crdb_tasks';
export const objectPage = 'objects/crdb_task';

/** By their titles, in lower case: a page may lie in any file and not state its address. */
export const titledPages: ReadonlyMap<string, string> = new Map([
  ['crdb tasks requests', requestsPage],
  ['crdb task object', objectPage],
]);

/** The editions of the docs that ship, in spec/editions/, ascending. */
export const shippedEditions: readonly string[] = ['7.4', '7.8', '7.22', '8.0'];

export const edition = '7.8';
