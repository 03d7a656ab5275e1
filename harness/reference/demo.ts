/** For people who try the reference cluster by hand: some tasks, and cURL commands. */
import type { Reference } from './reference.ts';
import type { NewTask } from './tasks.ts';

/** One task in each phase that stays there, and some that move by themselves. */
export const demoTasks: readonly NewTask[] = [
  { id: 'queued-1', phase: 'queued' },
  { id: 'running-1', phase: 'running' },
  { id: 'committing-1', phase: 'committing' },
  { id: 'finished-1', phase: 'finished' },
  { id: 'failed-1', phase: 'failed' },
  { id: 'stubborn-1', phase: 'running', cancelFails: true },
  {
    id: 'moving-1',
    phase: 'queued',
    resultTtlS: 60,
    schedule: [
      { phase: 'running', afterMs: 20_000 },
      { phase: 'committing', afterMs: 40_000 },
      { phase: 'finished', afterMs: 60_000 },
    ],
  },
  {
    id: 'moving-2',
    phase: 'running',
    schedule: [{ phase: 'failed', afterMs: 30_000 }],
  },
];

type Shown = Pick<Reference, 'url' | 'user' | 'password'>;

const curlTo = (url: string, login?: string): string =>
  `curl -s${url.startsWith('https:') ? ' -k' : ''}${login === undefined ? '' : ` -u '${login}'`}`;
const posting = (body: unknown): string => `-X POST -d '${JSON.stringify(body)}'`;

/** cURL lines for a cluster with the demo's tasks. They show its password, which is public. */
export const curlLines = ({ url, user, password }: Shown): string[] => {
  const tasks = `${url}/v1/crdb_tasks`;
  const control = `${url}/_control/v1/tasks`;
  return [
    tasks,
    `${tasks}/running-1`,
    `'${tasks}/moving-1?verbose=true'`,
    `-H 'X-Result-TTL: 60' ${tasks}/finished-1`,
    `-X POST ${tasks}/running-1/actions/cancel`,
    `-i -X POST ${tasks}/committing-1/actions/cancel`,
    `-X POST '${tasks}/committing-1/actions/cancel?force=true'`,
    `-i -X POST ${tasks}/stubborn-1/actions/cancel`,
    `${posting({ phase: 'running', id: 'mine' })} ${control}`,
    `${posting({ phase: 'finished' })} ${control}/mine/phase`,
    `${posting({ seconds: 499 })} ${control}/mine/age`,
  ].map((line) => `${curlTo(url, `${user}:${password}`)} ${line}`);
};

/** cURL lines for a fresh cluster whose tasks are made by `/v1/crdbs`. */
export const databaseLines = ({ url, user, password }: Shown): string[] => {
  const credentials = { username: user, password };
  const cluster = { name: 'cluster1.local', url: 'https://cluster1.local:9443', credentials };
  const database = {
    name: 'mine',
    default_db_config: { memory_size: 104_857_600 },
    instances: [{ cluster }],
  };
  return [
    `-H 'X-Task-ID: task-1' ${posting(database)} ${url}/v1/crdbs`,
    `'${url}/v1/crdb_tasks/task-1?verbose=true'`,
    `${url}/v1/crdbs`,
    `${url}/v1/bootstrap`,
  ].map((line) => `${curlTo(url, `${user}:${password}`)} ${line}`);
};

/** cURL lines for a node that must be bootstrapped first: the bootstrap sets the login. */
export const bareNodeLines = ({ url }: Pick<Reference, 'url'>): string[] => {
  const wanted = {
    action: 'create_cluster',
    cluster: { name: 'mine.local' },
    credentials: { username: 'me@mine.local', password: 'a-password' },
  };
  const withLogin = curlTo(url, 'me@mine.local:a-password');
  return [
    `${curlTo(url)} ${url}/v1/bootstrap`,
    `${curlTo(url)} ${posting(wanted)} ${url}/v1/bootstrap/create_cluster`,
    `${withLogin} ${url}/v1/bootstrap`,
    `${withLogin} ${url}/v1/crdbs`,
  ];
};
