/** The three operations under test: our names for three rows of the docs. */
export const operationNames = ['list', 'read', 'cancel'] as const;
export type OperationName = (typeof operationNames)[number];

/** Method and path template of an operation, as the docs write them. */
export interface OperationAddress {
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

export const addresses: Readonly<Record<OperationName, OperationAddress>> = {
  list: { method: 'GET', path: '/v1/crdb_tasks' },
  read: { method: 'GET', path: '/v1/crdb_tasks/{task_id}' },
  cancel: { method: 'POST', path: '/v1/crdb_tasks/{task_id}/actions/cancel' },
};

/** `GET /v1/crdb_tasks/{task_id}`: an operation as the docs name it. */
export const addressOf = (operation: OperationName): string =>
  `${addresses[operation].method} ${addresses[operation].path}`;

/** The two pages that the contract stands on. */
export const requestsPage = 'requests/crdb_tasks';
export const objectPage = 'objects/crdb_task';

/** The edition of the docs that the checked-in facts were read from. */
export const edition = '7.8';
