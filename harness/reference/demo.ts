/** For people who try the reference cluster by hand: cURL commands. And tasks that a run finds on a cluster. */
import type { Reference } from './reference.ts';
import type { NewTask } from './tasks.ts';

/** Tasks that are there before a run: one in each phase that stays there, and some that move by themselves. */
export const existingTasks: readonly NewTask[] = [
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

/** cURL lines for a cluster without tasks: they make their own. They show its password, which is public. */
export const curlLines = ({ url, user, password }: Shown): string[] => {
  const tasks = `${url}/v1/crdb_tasks`;
  const control = `${url}/_control/v1/tasks`;
  const make = (task: object): string => `${posting(task)} ${control}`;
  return [
    make({ phase: 'running', id: 'running-1' }),
    tasks,
    `'${tasks}/running-1?verbose=true'`,
    `-X POST ${tasks}/running-1/actions/cancel`,
    make({ phase: 'committing', id: 'committing-1' }),
    `-i -X POST ${tasks}/committing-1/actions/cancel`,
    `-X POST '${tasks}/committing-1/actions/cancel?force=true'`,
    make({ phase: 'queued', id: 'queued-1', cancel_fails: true }),
    `-i -X POST ${tasks}/queued-1/actions/cancel`,
    `${posting({ phase: 'finished' })} ${control}/queued-1/phase`,
    `-H 'X-Result-TTL: 600' ${tasks}/queued-1`,
    `${posting({ seconds: 599 })} ${control}/queued-1/age`,
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
